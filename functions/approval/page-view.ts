import type { PersonRow } from '../../core/governance/person.ts';
import type { ApprovalFacts } from '../aws/load-approval.ts';
import type { Purpose } from './page-nonce.ts';
import type { ShownInput } from './shown-input.ts';
import type { ShownPreview } from './shown-preview.ts';
import type { Touched } from './touched.ts';

/** Everything one person's page shows. */
export type PageView = Omit<ApprovalFacts, 'preview'> & {
  readonly now: Date;
  readonly person: Pick<PersonRow, 'id' | 'name' | 'timeZone'>;
  readonly touched: Touched | undefined;
  readonly input: ShownInput;
  /** What is there now, where the tool names a way to look. */
  readonly preview: ShownPreview | undefined;
  /** A nonce for each form the page carries; none where nothing may be done. */
  readonly nonces: Partial<Record<Purpose, string>>;
  /** Shown in the inbox of who signed in. */
  readonly signedIn: boolean;
  /** What was wrong with the form that was sent. */
  readonly problem?: string | undefined;
};
