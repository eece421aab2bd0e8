import type { ApprovalReport, GuardFigures } from '../../core/approval/analytics.ts';
import { formatMoney } from '../../core/money.ts';

const BAR = 24;
const bar = (part: number, whole: number) =>
  '█'.repeat(whole === 0 ? 0 : Math.max(part > 0 ? 1 : 0, Math.round((part / whole) * BAR)));
const percent = (share: number) => `${Math.round(share * 1000) / 10} %`;
const number = (count: number) => count.toLocaleString('en');

/** Seconds as people say them: `45 s`, `12 min`, `3.5 h`, `2.1 d`. */
export function spanOf(seconds: number): string {
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
  ] as const;
  const [size, name] = units.find(([size]) => seconds >= size) ?? [1, 's'];
  return `${Math.round((seconds / size) * 10) / 10} ${name}`;
}

/** The report as a table with bars. */
export function describeApprovalReport(report: ApprovalReport): string[] {
  const { from, to, asked, ends, votes, rubberStamps } = report;
  if (asked === 0) return [`No approval ended from ${from} to ${to}.`, ...limits(report)];
  const stamped = votes === 0 ? 0 : rubberStamps / votes;
  return [
    `${number(asked)} approvals ended from ${from} to ${to}`,
    ...Object.entries(ends).map(
      ([end, count = 0]) => `${end.padEnd(12)} ${number(count).padStart(7)}  ${bar(count, asked)}`,
    ),
    '',
    `approved ${percent(report.approvalShare)}, denied ${percent(report.denialShare)}, by a rung of the ladder ${percent(report.overrideShare)} of what people decided`,
    `${number(votes)} votes, ${number(rubberStamps)} of them (${percent(stamped)}) within 5 seconds of seeing it`,
    ...groupLines(report),
    ...guardLines(report),
    ...reviewLines(report),
    ...hints(report),
    ...limits(report),
  ];
}

function groupLines({ groups }: ApprovalReport): string[] {
  const longest = Math.max(0, ...groups.map(({ p95Seconds }) => p95Seconds));
  return [
    '',
    `${'time to decide'.padEnd(24)} ${'decided'.padStart(7)} ${'p50'.padStart(9)} ${'p95'.padStart(9)}`,
    ...groups.map(
      ({ group, decided, p50Seconds, p95Seconds }) =>
        `${group.padEnd(24)} ${number(decided).padStart(7)} ${spanOf(p50Seconds).padStart(9)} ${spanOf(p95Seconds).padStart(9)}  ${bar(p95Seconds, longest)}`,
    ),
  ];
}

function guardLines({ guards }: ApprovalReport): string[] {
  const most = Math.max(0, ...guards.map(({ asked }) => asked));
  return [
    '',
    `${'guard'.padEnd(40)} ${'asked'.padStart(6)} ${'approved'.padStart(8)} ${'denied'.padStart(6)}`,
    ...guards.map(
      ({ guard, asked, approved, denied }) =>
        `${guard.padEnd(40)} ${number(asked).padStart(6)} ${number(approved).padStart(8)} ${number(denied).padStart(6)}  ${bar(asked, most)}`,
    ),
  ];
}

function reviewLines({ review }: ApprovalReport): string[] {
  const lines = review.map(({ workflow = '(no workflow)', votes, minutes, cost }) => {
    const worth = cost && minutes !== undefined ? `${minutes} min, ${formatMoney(cost)}` : 'no baseline';
    return `${workflow.padEnd(24)} ${number(votes).padStart(7)} votes  ${worth}`;
  });
  return lines.length === 0 ? [] : ['', 'cost of review', ...lines];
}

function hints({ relax, forbid }: ApprovalReport): string[] {
  const named = ({ guard, title }: GuardFigures) => `${guard} (${title})`;
  const lines = [
    ...(relax
      ? [`never refused: ${named(relax)}, ${relax.approved} times approved: is its limit too low?`]
      : []),
    ...(forbid
      ? [`always refused: ${named(forbid)}, ${forbid.denied} times denied: say so by a forbid`]
      : []),
  ];
  return lines.length === 0 ? [] : ['', ...lines];
}

function limits({ complete, unreadable, to }: ApprovalReport): string[] {
  return [
    ...(complete
      ? []
      : [`More ended than one answer reads: the figures end at ${to}. Choose a shorter window.`]),
    ...(unreadable > 0 ? [`${number(unreadable)} records could not be read and are not counted.`] : []),
  ];
}
