import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { type Admin, createAdmin } from '../../client/admin.ts';
import { readGovernance } from '../../client/governance-files.ts';
import { keyVariables, makeKeys, startAgents } from './cast.ts';
import { functionErp, localErp } from './erp-access.ts';
import { type Followed, isEnded, refresh, startRuns, waitsForPerson } from './follow-runs.ts';
import { type PilotOptions, readOptions } from './pilot-options.ts';
import { readRequests, type Units } from './read-requests.ts';
import { makeReport, type Report } from './report.ts';
import { createScriptedApprover } from './scripted-approver.ts';
import { showProgress, showReport } from './show.ts';

/** The main job: governance applied, ERP and agents started, every request followed to its end, all accounted for. */
const options = readOptions(process.argv.slice(2), process.env);
if (typeof options === 'string') {
  console.error(options);
  process.exit(options.startsWith('Feeds') ? 0 : 2);
}
process.stdin.resume().on('end', () => process.exit(0));
try {
  const report = await runPilot(options);
  if (options.json) console.log(JSON.stringify(report));
  process.exit(report.faults.length === 0 && report.failed === 0 ? 0 : 1);
} catch (error) {
  console.error(`pilot: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

async function runPilot(options: PilotOptions): Promise<Report> {
  const say = (line: string) => {
    if (!options.json) console.log(line);
  };
  const { erpFunction, region } = options;
  const erp = erpFunction ? functionErp(erpFunction, region) : await localErp(options);
  const keys = await makeKeys(options.home);
  const admin = createAdmin({ ...options, credentials: fromNodeProviderChain() });
  const variables = { ERP_URL: erp.url, STAGE: options.stage, ...keyVariables(keys) };
  const body = erp.place(readGovernance(join(import.meta.dirname, 'governance'), variables));
  const applied = await admin.apply(body);
  say(
    `governance: ${applied.changes.filter(({ action }) => action !== 'none').length} changes, release ${applied.release.hash.slice(0, 12)}`,
  );
  startAgents(options, keys, say);
  const csv = readFileSync(options.input, 'utf8');
  const { requests, invalid, problem } = readRequests(csv, unitsOf(body));
  if (problem) throw new Error(`${options.input}: ${problem}`);
  for (const { line, id, reason } of invalid)
    say(`${basename(options.input)} line ${line} (${id}): ${reason}`);
  const started = await startRuns(admin, requests, options.batch ?? batchOf(csv));
  const report = async (followed: readonly Followed[]): Promise<Report> => {
    const made = await settledReport(async () => {
      const record = await erp.record();
      const events = await Array.fromAsync(admin.auditEvents());
      return makeReport({ followed, invalid, erp: record, events });
    });
    if (!options.json) showReport(made);
    return made;
  };
  const followed = await follow(admin, options, started);
  const first = await report(followed);
  return options.keepRunning ? stayUp(admin, options, followed, report) : first;
}

/** While people decide, log and ERP may be read a moment apart: only what stays wrong is a fault. */
async function settledReport(make: () => Promise<Report>): Promise<Report> {
  for (let tries = 1; ; tries += 1) {
    const made = await make();
    if (made.faults.length === 0 || made.pending === 0 || tries === 5) return made;
    await sleep(1000);
  }
}

/** Keeps ERP and agents running; what people decide is shown as it comes, and the report once more when all ended. */
async function stayUp(
  admin: Admin,
  options: PilotOptions,
  waiting: readonly Followed[],
  report: (followed: readonly Followed[]) => Promise<Report>,
): Promise<never> {
  const inbox = `${options.endpoint}/_local/inbox`;
  const waits = waiting.some(({ run }) => !isEnded(run));
  if (!options.json && waits) console.log(`Some requests wait for people. Be one of them: ${inbox}`);
  if (waits) await report(await follow(admin, options, waiting, 'to the end'));
  if (!options.json)
    console.log(`Everything goes on running. Console: ${options.endpoint}/_local/  (Ctrl-C ends it)`);
  return new Promise<never>(() => undefined);
}

/** The same file goes on where it was; another file is another batch. */
function batchOf(csv: string): string {
  return createHash('sha256').update(csv).digest('hex').slice(0, 16);
}

/** Until every run ended; without a scripted person, only until the rest waits for people unless told to the end. */
async function follow(
  admin: Admin,
  options: PilotOptions,
  started: readonly Followed[],
  until: 'people are asked' | 'to the end' = 'people are asked',
): Promise<Followed[]> {
  const approve =
    options.decide === 'none' ? undefined : createScriptedApprover(options.endpoint, options.decide);
  const mayStop = !approve && until === 'people are asked';
  let followed = [...started];
  for (;;) {
    await approve?.();
    followed = await refresh(admin, followed);
    if (!options.json) showProgress(followed);
    const open = followed.filter(({ run }) => !isEnded(run));
    if (open.length === 0 || (mayStop && open.every(({ run }) => waitsForPerson(run)))) return followed;
    await sleep(until === 'to the end' ? 2000 : 700);
  }
}

/** Each unit's currencies, from the very manifests that are applied. */
function unitsOf(body: ReturnType<typeof readGovernance>): Units {
  const units = body.manifests.flatMap(({ document }) => {
    const unit = document as {
      kind?: string;
      id?: string;
      currency?: string;
      rates?: { currency: string }[];
    };
    if (unit.kind !== 'BusinessUnit' || !unit.id || !unit.currency) return [];
    return [[unit.id, [unit.currency, ...(unit.rates ?? []).map(({ currency }) => currency)]] as const];
  });
  return Object.fromEntries(units);
}
