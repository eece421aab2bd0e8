import type { Mutant } from './mutants.ts';

const RETURNED = ['test/functions/approval/returned-mail.test.ts'];
const DIGEST = ['test/functions/approval/digest.test.ts'];

/** Protections of what happens when mail does not arrive, and of digests. */
export const mailMutants: readonly Mutant[] = [
  {
    name: 'mail: who was not reached counts as reached',
    file: 'core/approval/can-still-be-met.ts',
    find: '(!asked.unreached || reachedInChat(chat, person))',
    replace: 'asked.round > 0',
    tests: ['test/core/approval/can-still-be-met.test.ts'],
  },
  {
    name: 'mail: one guard that can be met is enough',
    file: 'core/approval/can-still-be-met.ts',
    find: 'return lifted.length === guards.length;',
    replace: 'return lifted.length > 0;',
    tests: ['test/core/approval/can-still-be-met.test.ts'],
  },
  {
    name: 'mail: an old bounce leaves a newer mail unreached',
    file: 'core/approval/note-bounce.ts',
    find: '(round === undefined || newest.round === round)',
    replace: '(round === undefined || newest.round > 0)',
    tests: RETURNED,
  },
  {
    name: 'mail: a bounce told before the machine was is never made up for',
    file: 'functions/approval/note-returned.ts',
    find: "if (refused === undefined || refused === 'known') await",
    replace: 'if (refused === undefined) await',
    tests: RETURNED,
  },
  {
    name: 'mail: every bounce ends the waiting',
    file: 'functions/approval/note-returned.ts',
    find: ' || met) return;',
    replace: ') return;',
    tests: RETURNED,
  },
  {
    name: 'mail: an event may name any approval',
    file: 'functions/approval/returned-mail.ts',
    find: 'approval: tag(approvalId).optional()',
    replace: 'approval: tag(z.string().transform((id) => id as z.infer<typeof approvalId>)).optional()',
    tests: RETURNED,
  },
  {
    name: 'mail: what is critical waits for a digest',
    file: 'core/approval/mailbox.ts',
    find: "severityOf(approval.guards) !== 'critical' && ",
    replace: '',
    tests: DIGEST,
  },
  {
    name: 'mail: what is urgent waits for a digest',
    file: 'core/approval/mailbox.ts',
    find: 'until - now.getTime() > URGENT_SECONDS * 1000',
    replace: 'until > 0',
    tests: DIGEST,
  },
  {
    name: 'mail: the hour’s count has no end',
    file: 'functions/aws/mailboxes.ts',
    find: "'#hour = :hour AND sent < :most'",
    replace: "'#hour = :hour AND :most > :one'",
    tests: DIGEST,
  },
  {
    name: 'mail: counting may stop the asking',
    file: 'functions/approval/choose-way.ts',
    find: "    log('error', 'APPROVAL_MAIL_UNCOUNTED', { person, ...errorDetails(error) });\n    return false;",
    replace: '    throw error;',
    tests: DIGEST,
  },
  {
    name: 'mail: two runs send the same digest',
    file: 'functions/aws/mailboxes.ts',
    find: "'openSince = :seen AND (attribute_not_exists(digestedAt) OR digestedAt <= :before)'",
    replace: "'openSince = :seen AND :before <> :now'",
    tests: DIGEST,
  },
  {
    name: 'mail: what came to be owed meanwhile is forgotten',
    file: 'functions/aws/mailboxes.ts',
    find: "when: 'openSince = :seen',",
    replace: "when: ':seen <> openKind',",
    tests: DIGEST,
  },
  {
    name: 'mail: a digest ends the earlier link',
    file: 'core/approval/request-approval.ts',
    find: 'approval.asked?.[person]?.round ?? round',
    replace: 'round',
    tests: DIGEST,
  },
  {
    name: 'mail: a program forges SES’s events',
    file: 'local/events/put-events.ts',
    find: "  if (Source?.startsWith('aws.')) return NOT_AUTHORIZED;\n",
    replace: '',
    tests: ['test/local/events/events.test.ts'],
  },
  {
    name: 'mail: a count may change any row',
    file: 'lib/permissions.ts',
    find: "'dynamodb:LeadingKeys': ['MAILBOX#*']",
    replace: "'dynamodb:LeadingKeys': ['*']",
    tests: ['test/infra/permissions.test.ts'],
  },
];
