import type { Mutant } from './mutants.ts';

const file = 'core/approval/count-votes.ts';
const tests = ['test/core/approval'];

/** What makes a quorum so many people who may decide, each of them once. */
export const quorumMutants: readonly Mutant[] = [
  {
    name: 'quorum: one human votes under every name of theirs',
    file: 'core/approval/cast-vote.ts',
    find: 'if (voted.includes(person.email))',
    replace: 'if (approval.votes.some((vote) => vote.person === person.id))',
    tests,
  },
  {
    name: 'quorum: a name is a human',
    file,
    find: 'return cast.approvers.has(member.id) ? [member.email] : [];',
    replace: 'return cast.approvers.has(member.id) ? [member.id] : [];',
    tests,
  },
  {
    name: 'quorum: a stand-in speaks beside the one it stands in for',
    file,
    find: '  if (ids.some((id) => cast.voted.has(id))) return cast.approvers.has(member.id) ? [member.email] : [];\n  const delegate = delegateOf(electorate, member);\n  return delegate && cast.approvers.has(delegate.id) ? [delegate.email] : [];',
    replace:
      '  const own = ids.some((id) => cast.approvers.has(id)) ? [member.email] : [];\n  const delegate = delegateOf(electorate, member);\n  return delegate && cast.approvers.has(delegate.id) ? [...own, delegate.email] : own;',
    tests,
  },
  {
    name: 'quorum: one human with two names has two stand-ins',
    file,
    find: 'names.includes(person))?.delegate;',
    replace: 'names.includes(person) && person === member.id)?.delegate;',
    tests,
  },
  {
    name: 'quorum: the sponsor decides in a colleague’s place',
    file,
    find: 'return isExcluded(delegate, excludedPeople(electorate)) ? undefined : delegate;',
    replace: 'return delegate;',
    tests,
  },
  {
    name: 'quorum: a stand-in passes it on',
    file,
    find: 'const delegate = electorate.people.find(({ id }) => id === named);',
    replace:
      'const next = electorate.standIns?.find(({ person }) => person === named)?.delegate ?? named;\n  const delegate = electorate.people.find(({ id }) => id === next);',
    tests,
  },
  {
    name: 'quorum: who left stands in',
    file,
    find: "if (delegate?.status !== 'active' || delegate.email",
    replace: 'if (!delegate || delegate.email',
    tests,
  },
  {
    name: 'quorum: a word that came by a link lifts what asks for people who signed in',
    file,
    find: "    .filter(({ assurance }) => assurance !== 'signed-in' || approvedSignedIn(cast.votes))\n",
    replace: '',
    tests,
  },
  {
    name: 'quorum: any rung counts at any time',
    file: 'core/approval/ways.ts',
    find: 'return escalate.filter(({ afterSeconds }) => afterSeconds <= Math.max(elapsed, hastenedSeconds));',
    replace: 'return escalate.filter(({ afterSeconds }) => afterSeconds <= elapsed + hastenedSeconds + 1);',
    tests,
  },
  {
    name: 'quorum: an earlier link of a person stays good',
    file: 'core/approval/approval.ts',
    find: 'return link.round === (asked === undefined ? approval.round : asked[link.person]?.round);',
    replace:
      'return link.round <= (asked === undefined ? approval.round : (asked[link.person]?.round ?? 0));',
    tests: ['test/functions/approval/ask-approvers.test.ts'],
  },
  {
    name: 'quorum: an approval lasts until somebody uses it',
    file: 'core/action/start-approved.ts',
    find: 'return now.getTime() - Date.parse(last) > lapseMinutes * 60_000;',
    replace: 'return now.getTime() - Date.parse(last) > lapseMinutes * 3_600_000;',
    tests: ['test/core/action', 'test/functions/action/execute-approved.test.ts'],
  },
  {
    name: 'quorum: what was approved is told by the row alone',
    file: 'core/action/start-approved.ts',
    find: 'approval.digest !== approvedDigest(action)',
    replace: 'approval.digest !== action.digest',
    tests: ['test/functions/action/execute-approved.test.ts'],
  },
  {
    name: 'report: anybody reads what people decided',
    file: 'functions/governance/approval-report-routes.ts',
    find: '    administratorOf(c.env.event);\n',
    replace: '',
    tests: ['test/client/approval-report.test.ts'],
  },
  {
    name: 'report: an approval delivered twice counts twice',
    file: 'functions/governance/report-approvals.ts',
    find: 'ended.set(each.approval, each);',
    replace: 'ended.set(`${each.approval} ${ended.size}`, each);',
    tests: ['test/client/approval-report.test.ts'],
  },
  {
    name: 'report: it tells of votes as fast as nobody reads, and counts none',
    file: 'core/approval/ended-approval.ts',
    find: 'return asked > votedAt ? row.openedAt : asked;',
    replace: 'return asked > votedAt ? asked : row.openedAt;',
    tests: ['test/core/approval/analytics.test.ts'],
  },
];
