import { text } from 'node:stream/consumers';
import type { DecisionRequest } from '../../core/policy/decision.ts';
import type { ReleaseBundle } from '../../core/policy/release.ts';

/** What a fresh process gets on its standard input. */
export type Task = {
  readonly bundle: ReleaseBundle;
  readonly hash: string;
  readonly requests: readonly DecisionRequest[];
};

/** Times in milliseconds; one line of JSON on standard output. */
export type Measurement = {
  readonly compile: number;
  readonly first: number;
  readonly sliced: readonly number[];
  readonly unsliced: readonly number[];
  /** Policies the engine was asked with, per request. */
  readonly asked: { readonly sliced: readonly number[]; readonly unsliced: readonly number[] };
  readonly outcomes: Readonly<Record<string, number>>;
};

const LONGEST_MS = 10_000;
const TIMES = 4_000;

const { bundle, hash, requests } = JSON.parse(await text(process.stdin)) as Task;
const { compileRelease } = await import('../../core/policy/compile-release.ts');
const { concerning } = await import('../../core/policy/concerning.ts');
const { decide } = await import('../../core/policy/decide.ts');
const { wholeRelease } = await import('../harness/whole-release.ts');

const timed = <T>(work: () => T) => {
  const began = performance.now();
  const result = work();
  return { result, ms: performance.now() - began };
};

const { result: release, ms: compile } = timed(() => compileRelease(bundle, hash));
const [opening] = requests;
if (!opening) throw new Error('nothing to ask');
const { ms: first } = timed(() => decide(release, opening));

const whole = wholeRelease(release);
const outcomes: Record<string, number> = {};
for (const request of requests) {
  const { outcome } = decide(release, request);
  if (decide(whole, request).outcome !== outcome) throw new Error('a slice decides otherwise');
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
}

const samples = { sliced: [] as number[], unsliced: [] as number[] };
const until = performance.now() + LONGEST_MS;
const rounds = Math.ceil(TIMES / requests.length);
for (let n = 0; n < rounds && (performance.now() < until || n === 0); n += 1) {
  for (const request of requests) samples.sliced.push(timed(() => decide(release, request)).ms);
  for (const request of requests) samples.unsliced.push(timed(() => decide(whole, request)).ms);
}

const asked = { sliced: [] as number[], unsliced: [] as number[] };
const policies = [...release.policies.values()];
for (const { agent, tool: name } of requests) {
  const tool = bundle.tools.find((candidate) => candidate.name === name);
  if (!tool) continue;
  asked.sliced.push(concerning(policies, agent.unit, tool).length);
  asked.unsliced.push(bundle.policies.filter(({ layer }) => layer === 'coe' || layer === agent.unit).length);
}

console.log(JSON.stringify({ compile, first, ...samples, asked, outcomes } satisfies Measurement));
