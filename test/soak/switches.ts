import { setTimeout as sleep } from 'node:timers/promises';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import type { Change } from '../../core/change.ts';
import { answerRequest } from '../../functions/action/answer-request.ts';
import type { Registry } from '../../functions/aws/registry.ts';
import { asNamed, buyer, order, second, startWorld, type World } from '../harness/door.ts';
import { change, organisation } from '../harness/organisation.ts';
import { ann, bob, switchDesk } from '../harness/switches.ts';

/** Scopes that cover both agents of the storm; the last two have no gates of their own. */
const scopes = ['everything', 'unit:operations', 'role:buyer', 'tool:erp.create_order'] as const;

export type Storm = {
  readonly rounds: number;
  readonly started: number;
  readonly blocked: number;
  /** Started after containment was confirmed. */
  readonly afterContained: number;
  /** Started although their facts were read after the switch was engaged. */
  readonly onFreshFacts: number;
};

/**
 * Engages a switch in the midst of concurrent actions, again and again, with random pauses before and after every
 * read and every commit of theirs.
 */
export async function stormSwitches(rounds: number, say: (line: string) => void = () => {}): Promise<Storm> {
  const world = await startWorld();
  const busy = { dailyActions: 100_000 };
  await world.apply(change(change(organisation(), `Agent ${buyer}`, busy), `Agent ${second}`, busy));
  let storm: Storm = { rounds, started: 0, blocked: 0, afterContained: 0, onFreshFacts: 0 };
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const found = await runRound(world, round);
      storm = add(storm, found);
      if (round % 20 === 0) say(`${round} of ${rounds}: ${JSON.stringify(storm)}`);
    }
  } finally {
    await world.stop();
  }
  return storm;
}

type Found = Omit<Storm, 'rounds'>;

async function runRound(world: World, round: number): Promise<Found> {
  const desk = switchDesk(world);
  const scope = scopes[round % scopes.length] ?? 'everything';
  let engaged = Number.POSITIVE_INFINITY;
  const starts: Start[] = [];
  const registry = watched(world.deps.registry, starts);
  const deps = { ...world.deps, registry };
  const workers = [buyer, buyer, buyer, second, second, second].map(async (agent, n) => {
    const caller = await asNamed(`Bearer ${agent}`);
    const ends: string[] = [];
    for (let call = 1; call <= 3; call += 1) {
      const body = { tool: 'erp.create_order', input: order, purpose: 'A storm' };
      const row = await answerRequest(deps, { caller, key: `storm-${round}-${n}-${call}`, body });
      ends.push(row.problem?.code ?? row.status);
    }
    return ends;
  });
  await sleep(Math.random() * 60);
  const watchedDesk = switchDesk({
    deps: { ...world.deps, registry: told(world.deps.registry, () => (engaged = performance.now())) },
  });
  await watchedDesk.stop(scope);
  const before = await countStarted(world);
  const ends = (await Promise.all(workers)).flat();
  const after = await countStarted(world);
  await desk.restore(scope, ann);
  await desk.restore(scope, bob);
  return {
    started: starts.length,
    blocked: ends.filter((end) => end === 'blocked').length,
    afterContained: after - before,
    onFreshFacts: starts.filter(({ factsRead }) => factsRead > engaged).length,
  };
}

type Start = { readonly factsRead: number };

/** Pauses around every call, and notes for each action that started when the reading of its facts began. */
function watched(registry: Registry, starts: Start[]): Registry {
  const reads = new Map<string, number>();
  return {
    ...registry,
    load: async (keys) => {
      await pause();
      const began = performance.now();
      for (const { pk } of keys) reads.set(pk, began);
      const rows = await registry.load(keys);
      await pause();
      return rows;
    },
    commit: async (change) => {
      await pause();
      const won = await registry.commit(change);
      const started = change.events.find(({ type }) => type === 'action.started');
      if (won && started) starts.push({ factsRead: reads.get(started.subject) ?? Number.NaN });
      await pause();
      return won;
    },
  };
}

/** Tells when the commit that engages a switch came back. */
function told(registry: Registry, engaged: () => void): Registry {
  const commit = async (change: Change) => {
    const won = await registry.commit(change);
    if (won && change.events.some(({ type }) => type === 'switch.engaged')) engaged();
    return won;
  };
  return { ...registry, commit };
}

const pause = () => (Math.random() < 0.5 ? sleep(Math.random() * 12) : Promise.resolve());

async function countStarted({ database: { client } }: World): Promise<number> {
  const ofType = {
    TableName: 'audit',
    ConsistentRead: true,
    Select: 'COUNT',
    FilterExpression: '#type = :started',
    ExpressionAttributeNames: { '#type': 'type' },
    ExpressionAttributeValues: { ':started': { S: 'action.started' } },
  } as const;
  let count = 0;
  for await (const { Count = 0 } of paginateScan({ client }, ofType)) count += Count;
  return count;
}

const add = (storm: Storm, found: Found): Storm => ({
  rounds: storm.rounds,
  started: storm.started + found.started,
  blocked: storm.blocked + found.blocked,
  afterContained: storm.afterContained + found.afterContained,
  onFreshFacts: storm.onFreshFacts + found.onFreshFacts,
});

/** The whole storm; fails when anything got through, or when the storm never met a switch. */
export async function soakSwitches(rounds: number): Promise<number> {
  const storm = await stormSwitches(rounds, (line) => console.log(line));
  console.log(JSON.stringify(storm));
  const met = storm.started > rounds && storm.blocked > rounds;
  return met && storm.afterContained === 0 && storm.onFreshFacts === 0 ? 0 : 1;
}
