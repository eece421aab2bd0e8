import * as z from 'zod';
import { approvalId, name } from '../../core/id.ts';

const tag = <S extends z.ZodType>(value: S) => z.tuple([value]).transform(([only]) => only);

/** EventBridge's event of a mail that came back, as far as we look at it; it has the addresses too, which we leave. */
const event = z.object({
  'detail-type': z.string(),
  detail: z.object({
    mail: z.object({
      tags: z.object({
        person: tag(name),
        approval: tag(approvalId).optional(),
        round: tag(z.string().regex(/^\d{1,6}$/)).optional(),
      }),
    }),
  }),
});

/** What came back: a mail about one approval, or, where none is named, a digest. */
export type ReturnedMail = {
  readonly person: string;
  readonly why: string;
  readonly approval?: z.infer<typeof approvalId> | undefined;
  readonly round?: number | undefined;
};

/** What SES says happened, in our words; a soft bounce is told only when SES gave up. */
export const troubles: Readonly<Record<string, string>> = {
  'Email Bounced': 'bounce',
  'Email Complaint Received': 'complaint',
  'Email Rejected': 'reject',
  'Email Rendering Failed': 'rendering-failure',
};

/** Reads an event; `undefined` for what tells of no mail of ours. */
export function readReturned(input: unknown): ReturnedMail | undefined {
  const { success, data } = event.safeParse(input);
  const why = success ? troubles[data['detail-type']] : undefined;
  if (!success || why === undefined) return undefined;
  const { person, approval, round } = data.detail.mail.tags;
  return { person, why, approval, round: round === undefined ? undefined : Number(round) };
}
