import { shownOf } from '../../core/action/action.ts';
import type { Context } from 'hono';
import type { PersonRow } from '../../core/governance/person.ts';
import type { ApiContext } from '../http/lambda.ts';
import type { Opened, PageDeps } from './open-link.ts';
import { nonceOf, type Purpose } from './page-nonce.ts';
import { pageHeaders } from './page-style.ts';
import { isOpen, requestPage } from './render-page.ts';
import { shownInput } from './shown-input.ts';
import { shownPreview } from './shown-preview.ts';
import { sitsOnCouncil } from './stop-agent.ts';
import { loadTouched } from './touched.ts';

type Way = {
  readonly view: 'short' | 'full';
  readonly problem?: string;
  /** Since when this person has had it before them. @default now */
  readonly seenAt?: Date | undefined;
};

/** Shows the request; forms, and with them nonces, come only with a view that leaves nothing out. */
export async function showRequest(
  deps: PageDeps,
  c: Context<ApiContext>,
  { link, facts, secret, by }: Opened,
  { view, problem, seenAt }: Way,
): Promise<Response> {
  const now = deps.now();
  const person = facts.electorate.people.find(({ id }) => id === link.person) ?? nameless(link.person);
  const input = shownInput(shownOf(facts.action), view);
  const open: Purpose[] = isOpen({ ...facts, person, now }) ? ['decide', 'ask', 'delegate'] : [];
  const council: Purpose[] = (await sitsOnCouncil(deps.registry, link.person)) ? ['stop'] : [];
  const preview = shownPreview(facts, { view, timeZone: person.timeZone });
  const whole = input.whole && preview?.shown?.whole !== false;
  const purposes = whole ? [...open, ...council] : [];
  const nonces = Object.fromEntries(
    purposes.map((purpose) => [
      purpose,
      nonceOf({ secret, purpose, approval: facts.approval }, seenAt ?? now),
    ]),
  );
  const touched = await loadTouched(deps, facts.action);
  const signedIn = by?.assurance === 'signed-in';
  const page = requestPage({ ...facts, now, person, touched, input, preview, nonces, signedIn, problem });
  return c.html(page, problem === undefined ? 200 : 422, pageHeaders);
}

const nameless = (id: string): Pick<PersonRow, 'id' | 'name' | 'timeZone'> => ({ id, name: id });
