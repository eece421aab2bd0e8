import type { ReplayedDecision, ReplayWindow } from '../admin/replay.ts';
import type { Flip, FlipKind, ReplayReport, Said } from '../../core/policy/replay-report.ts';

const words: Readonly<Record<FlipKind | 'same', string>> = {
  same: 'the same',
  'deny-to-allow': 'deny → allow',
  'hold-to-allow': 'hold → allow',
  'deny-to-hold': 'deny → hold',
  'allow-to-hold': 'allow → hold',
  'allow-to-deny': 'allow → deny',
  'hold-to-deny': 'hold → deny',
  'hold-otherwise': 'held otherwise',
};

const number = (count: number) => count.toLocaleString('en');

/** Counts first, what loosens before what tightens, then the examples of each kind. */
export function describeReplay(
  report: ReplayReport,
  release: string,
  { since, until }: ReplayWindow,
): string[] {
  const { decided, flips, unreadable, undecided } = report;
  const total = flips.reduce((sum, { count }) => sum + count, 0);
  const found = total === 0 ? 'all decided the same' : `${number(total)} decided otherwise`;
  return [
    `${number(decided)} decisions from ${since} to ${until} under release ${release.slice(0, 12)}: ${found}`,
    ...flips.map(({ kind, count }) => `${number(count).padStart(9)}  ${words[kind]}`),
    ...unreadable.map(({ why, count }) => `${number(count).padStart(9)}  not decided again: ${why}`),
    ...(undecided > 0
      ? [`${number(undecided).padStart(9)}  set aside: denied because no rules could be asked`]
      : []),
    ...flips.flatMap(({ kind, examples, count }) => [
      '',
      count > examples.length ? `${words[kind]}, the first ${examples.length}` : words[kind],
      ...examples.map((flip) => `  ${describeFlip(flip)}`),
    ]),
  ];
}

const describeFlip = ({ at, action, agent, tool, from, to }: Flip) =>
  `${at} ${action} ${agent} ${tool}: ${answer(from)} → ${answer(to)}`;

/** One decision and what another release says of it. */
export function describeReplayed({
  action,
  agent,
  tool,
  releases,
  kind,
  from,
  to,
}: ReplayedDecision): string[] {
  return [
    `${action}: ${agent} asked for ${tool}`,
    `then: ${answer(from)} under release ${releases.from.slice(0, 12) || '(none)'}`,
    `now:  ${answer(to)} under release ${releases.to.slice(0, 12)}`,
    kind === 'same' ? 'the same' : `a flip: ${words[kind]}`,
    ...(to.detail === undefined ? [] : [to.detail]),
  ];
}

function answer({ outcome, reason, policies, asks }: Said): string {
  const why = asks ?? (policies.length > 0 ? policies : reason === undefined ? [] : [reason]);
  return why.length === 0 ? outcome : `${outcome} (${why.join('; ')})`;
}
