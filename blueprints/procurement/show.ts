import { type Followed, isEnded, waitsForPerson } from './follow-runs.ts';
import type { Report } from './report.ts';

let shown = '';

/** One line of progress, printed when it changes. */
export function showProgress(followed: readonly Followed[]): void {
  const count = (test: (run: Followed['run']) => boolean) => followed.filter(({ run }) => test(run)).length;
  const ended = count(isEnded);
  const people = count((run) => !isEnded(run) && waitsForPerson(run));
  const agents = followed.length - ended - people;
  const line = `${bar(ended / followed.length)} ${ended}/${followed.length} ended · ${people} wait for people · ${agents} with agents`;
  if (line !== shown) console.log(line);
  shown = line;
  const stuck = followed.flatMap(({ run }) =>
    typeof run.waitingFor?.['note'] === 'string' ? [run.waitingFor['note']] : [],
  );
  for (const note of new Set(stuck)) console.log(`  waiting: ${note}`);
}

const bar = (share: number) => `[${'#'.repeat(Math.round(share * 20)).padEnd(20, '·')}]`;

/** The report as a person reads it. */
export function showReport(report: Report): void {
  const rows: [string, string | number][] = [
    ['requests', report.requests],
    ['ordered', report.ordered],
    ['denied by policy', report.denied],
    ['rejected by people', report.rejected],
    ['expired', report.expired],
    ['withdrawn, unreachable or superseded', report.overtaken],
    ['waiting for people', report.pending],
    ['invalid rows', report.invalid],
    ['failed', report.failed],
    ['held for approval', report.heldForApproval],
    ['audit events', report.auditEvents],
    ['audit complete', report.auditComplete ? 'yes' : 'NO'],
    ['median cycle', `${report.medianCycleSeconds} s`],
    ['minutes saved', `${report.minutesSaved} (against a demonstration baseline)`],
    ['net value', `${report.netValueUsd.toFixed(2)} USD`],
  ];
  console.log('');
  for (const [label, value] of rows) console.log(`  ${label.padEnd(20)} ${value}`);
  for (const fault of report.faults) console.log(`  FAULT: ${fault}`);
  console.log('');
}
