import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { AuditEvent } from '../../core/event.ts';
import { canonicalJson } from '../../core/canonical-json.ts';
import { executeApproved } from '../../functions/action/execute-approved.ts';
import type { StoredRow } from '../../functions/aws/registry.ts';
import { machineArns } from '../../functions/aws/machines.ts';
import { relayBatch, type RelayDeps } from '../../functions/relay/relay-batch.ts';
import { openDesk } from '../harness/approvers.ts';
import { buyer, order, startWorld, type World } from '../harness/door.ts';
import { type PaperMachines, paperMachines } from '../harness/machines.ts';
import { holdOrder, vote } from '../harness/votes.ts';
import { openWork, startRun, taskDesk } from '../harness/work.ts';

/** A day of the company: allowed, denied, held, approved and refused actions, tasks that were done and that failed. */
async function liveADay(world: World): Promise<readonly AuditEvent[]> {
  await world.act({});
  await world.act({ input: { ...order, vendor: 'Shady' } });
  world.erp.answer = () => ({ status: 'failed', code: 'refused-by-system', detail: 'no' });
  await world.act({});
  world.erp.answer = () => ({ status: 'succeeded', output: { order: 'PO-1' } });
  const desk = openDesk(world);
  for (const [n, decision] of (['approve', 'approve', 'deny'] as const).entries()) {
    const held = await holdOrder(world);
    await desk.ask(held, `approval-token-${n}`);
    await vote(world, held, 'ada', decision);
    if (decision === 'approve') await executeApproved(world.deps, held.action);
  }
  await holdOrder(world);
  await startRun(world, 'streams-run');
  const tasks = taskDesk(world);
  for (const how of ['complete', 'fail'] as const) {
    await openWork(world, `streams-${how}`);
    const { body } = await tasks.post('claim', buyer);
    const { task, lease } = body as { task: { id: string }; lease: string };
    const end =
      how === 'complete' ? { output: { done: true } } : { code: 'no-stock', detail: 'nothing left' };
    await tasks.post(`${task.id}/${how}`, buyer, { lease, ...end });
  }
  return world.database.events();
}

type Caused = { readonly machines: PaperMachines; readonly published: Map<string, number> };

function causing(world: World, rows: ReadonlyMap<string, StoredRow>, trouble: () => boolean) {
  const machines = paperMachines();
  const published = new Map<string, number>();
  const unless = <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>) => {
    return async (...args: Args): Promise<Result> => {
      if (trouble()) throw new Error('the service is away');
      const result = await call(...args);
      if (trouble()) throw new Error('the answer was lost');
      return result;
    };
  };
  const deps: RelayDeps = {
    registry: {
      load: async (keys) => keys.map(({ pk, sk }) => rows.get(`${pk} ${sk}`)),
    },
    machines: {
      ...machines,
      start: unless((...args) => machines.start(...args)),
      answer: unless((...args) => machines.answer(...args)),
    },
    approvalMachine: 'arn:approval',
    workflowMachine: machineArns('{"procurement": "arn:procurement"}'),
    log: () => undefined,
    keep: async () => undefined,
    publish: unless(async (events) => {
      for (const { subject, version } of events) {
        const id = `${subject}/${version}`;
        published.set(id, (published.get(id) ?? 0) + 1);
      }
    }),
    figures: () => undefined,
  };
  return { deps, caused: { machines, published } satisfies Caused, log: world.deps.log };
}

/** Delivers records as a stream does: a batch whose record failed comes again from that record on. */
async function deliver(deps: RelayDeps, records: readonly DynamoDBRecord[]): Promise<void> {
  let left = [...records];
  for (let tries = 0; left.length > 0 && tries < 200; tries += 1) {
    const size = 1 + Math.floor(Math.random() * 10);
    const batch = left.slice(0, size);
    const answer = await relayBatch(deps, { Records: batch }).catch(() => undefined);
    const failed = answer?.batchItemFailures[0]?.itemIdentifier;
    if (answer && failed === undefined) left = left.slice(batch.length);
    else if (failed !== undefined) {
      const from = batch.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === failed);
      left = left.slice(Math.max(0, from));
    }
  }
  if (left.length > 0) throw new Error('the relay never got through');
}

const effectsOf = ({ machines }: Caused) =>
  canonicalJson({
    started: machines.started.map((each) => canonicalJson(each)).sort(),
    answers: machines.answers.map((each) => canonicalJson(each)).sort(),
  });

/**
 * One day's events delivered again and again in random order, doubled at random, with services that are away or lose
 * their answer three times in ten: what was caused must be what one delivery in order causes. Gives an exit code.
 */
export async function soakStreams(runs: number): Promise<number> {
  const world = await startWorld();
  const faults: string[] = [];
  try {
    const events = await liveADay(world);
    const { Items = [] } = await world.database.client.send(new ScanCommand({ TableName: 'registry' }));
    const rows = new Map(
      Items.map((item) => unmarshall(item)).map((row) => [`${String(row['pk'])} ${String(row['sk'])}`, row]),
    );
    const records = events.map((event, n): DynamoDBRecord => ({
      eventName: 'INSERT',
      dynamodb: {
        SequenceNumber: `${n}`,
        NewImage: marshall(event, { removeUndefinedValues: true }) as never,
      },
    }));
    const reference = causing(world, rows, () => false);
    await deliver(reference.deps, records);
    const wanted = effectsOf(reference.caused);
    console.log(`${records.length} events, ${wanted.length} characters of effects, ${runs} runs`);
    for (let run = 1; run <= runs; run += 1) {
      const doubled = records.flatMap((record) =>
        Array.from({ length: 1 + Math.floor(Math.random() * 3) }, (_, n) => again(record, n)),
      );
      const shuffled = doubled.map((record) => ({ record, at: Math.random() })).sort((a, b) => a.at - b.at);
      const { deps, caused } = causing(world, rows, () => Math.random() < 0.16);
      await deliver(
        deps,
        shuffled.map(({ record }) => record),
      );
      if (effectsOf(caused) !== wanted) faults.push(`run ${run}: other effects`);
      if (caused.published.size !== records.length) faults.push(`run ${run}: an event was not published`);
      if (run % 1000 === 0) console.log(`${run} runs, ${faults.length} faults`);
    }
  } finally {
    await world.stop();
  }
  for (const fault of faults.slice(0, 10)) console.log(fault);
  return faults.length === 0 ? 0 : 1;
}

const again = ({ dynamodb, ...record }: DynamoDBRecord, n: number): DynamoDBRecord => ({
  ...record,
  dynamodb: { ...dynamodb, SequenceNumber: `${dynamodb?.SequenceNumber ?? ''}.${n}` },
});
