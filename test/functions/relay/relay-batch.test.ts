import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuditEvent, auditEvent } from '../../../core/event.ts';
import type { Figure } from '../../../functions/aws/metrics.ts';
import { machineArns } from '../../../functions/aws/machines.ts';
import { loadApproval } from '../../../functions/aws/load-approval.ts';
import { startApproval } from '../../../functions/relay/react.ts';
import { relayBatch, type RelayDeps } from '../../../functions/relay/relay-batch.ts';
import { openDesk } from '../../harness/approvers.ts';
import { buyer, startWorld, type World } from '../../harness/door.ts';
import { type PaperMachines, paperMachines } from '../../harness/machines.ts';
import { holdOrder, vote } from '../../harness/votes.ts';
import { openWork, taskDesk } from '../../harness/work.ts';

let world: World;
let machines: PaperMachines;
let published: AuditEvent[];
let kept: AuditEvent[];
let figures: Figure[];
let deps: RelayDeps;
beforeEach(async () => {
  world = await startWorld();
  machines = paperMachines();
  published = [];
  kept = [];
  figures = [];
  deps = {
    registry: world.deps.registry,
    machines,
    approvalMachine: 'arn:approval',
    workflowMachine: machineArns('{"procurement": "arn:procurement"}'),
    log: world.deps.log,
    keep: async (events) => void kept.push(...events),
    publish: async (events) => void published.push(...events),
    figures: (some) => void figures.push(...some),
  };
});
afterEach(() => world.stop());

let sequence = 0;
function recordOf(event: object, eventName: 'INSERT' | 'MODIFY' | 'REMOVE' = 'INSERT'): DynamoDBRecord {
  sequence += 1;
  const image = marshall(event, { removeUndefinedValues: true }) as NonNullable<
    NonNullable<DynamoDBRecord['dynamodb']>['NewImage']
  >;
  return { eventName, dynamodb: { SequenceNumber: `${sequence}`, NewImage: image } };
}
const batch = (...records: DynamoDBRecord[]): DynamoDBStreamEvent => ({ Records: records });
const eventsOf = async (type: string): Promise<AuditEvent[]> =>
  (await world.database.events()).filter((event) => event.type === type);
const relay = (events: readonly object[]) =>
  relayBatch(deps, batch(...events.map((event) => recordOf(event))));
const poison = {
  v: 1,
  subject: 'NOBODY',
  version: 1,
  type: 'action.held',
  at: '2026-11-23T10:00:00Z',
  data: {},
};
const named = (name: string) => figures.filter((figure) => figure.name === name);

describe('the relay', () => {
  it('publishes and counts every new event', async () => {
    await world.act({});
    const events = await world.database.events();
    expect(await relay(events)).toEqual({ batchItemFailures: [] });
    expect(published).toEqual(events);
    expect(named('ActionsAllowed')).toEqual([
      { name: 'ActionsAllowed', unit: 'Count', value: 1, dimensions: { unit: 'operations' } },
    ]);
  });

  it('starts the approval machine of a held action once, by the approval’s name', async () => {
    const { action, approval } = await holdOrder(world);
    const held = await eventsOf('action.held');
    await relay(held);
    await relay(held);
    const after = (minutes: number) => new Date(world.clock.now.getTime() + minutes * 60_000).toISOString();
    const deadlines = [after(45), after(60)];
    expect(machines.started).toEqual([
      { machine: 'arn:approval', name: approval, input: { approval, action, deadlines } },
    ]);
  });

  it('has the machine look first where the tool names a preview', async () => {
    const { approval } = await holdOrder(world);
    const row = await loadApproval(world.deps.registry, approval, world.clock.now);
    await startApproval(deps, { ...row.approval, preview: 'erp.get_order' });
    expect(machines.started.at(-1)?.input).toMatchObject({ approval, preview: true });
  });

  it('starts the workflow machine of a requested run once, by the run’s name', async () => {
    const { run } = await openWork(world, 'relay-0001');
    const requested = await eventsOf('run.requested');
    await relay(requested);
    await relay(requested);
    expect(machines.started).toEqual([
      {
        machine: 'arn:procurement',
        name: run,
        input: {
          run,
          workflow: 'procurement',
          unit: 'operations',
          requester: 'rita@example.com',
          input: { item: 'chairs' },
        },
      },
    ]);
  });

  it('answers the machine that waits for a task with its output, once', async () => {
    await openWork(world, 'relay-0002');
    const desk = taskDesk(world);
    const { task, lease } = (await desk.post('claim', buyer)).body as { task: { id: string }; lease: string };
    await relay(await eventsOf('task.claimed'));
    expect(machines.answers).toEqual([]);
    await desk.post(`${task.id}/complete`, buyer, { lease, output: { vendor: 'Northwind' } });
    await relay(await eventsOf('task.completed'));
    await relay(await eventsOf('task.completed'));
    expect(machines.answers).toEqual([['token-relay-0002', { output: { vendor: 'Northwind' } }]]);
    expect(world.lines.map(([, code]) => code)).toContain('REACTION_TOO_LATE');
  });

  it('answers the machine that waits for a failed task with an error it can catch', async () => {
    await openWork(world, 'relay-0003');
    const desk = taskDesk(world);
    const { task, lease } = (await desk.post('claim', buyer)).body as { task: { id: string }; lease: string };
    await desk.post(`${task.id}/fail`, buyer, { lease, code: 'no-vendor', detail: 'nobody sells chairs' });
    await relay(await eventsOf('task.failed'));
    expect(machines.answers).toEqual([
      ['token-relay-0003', { error: 'TaskFailed', cause: 'no-vendor: nobody sells chairs' }],
    ]);
  });

  it.each([
    ['approve', 'approval.approved', 'approved'],
    ['deny', 'approval.denied', 'denied'],
  ] as const)('answers the approval machine when people %s', async (decision, type, outcome) => {
    const held = await holdOrder(world);
    await openDesk(world).ask(held, 'token-approval');
    await vote(world, held, 'ada', decision);
    await relay(await eventsOf(type));
    expect(machines.answers).toEqual([['token-approval', { output: { outcome } }]]);
  });

  it('stores no answer for whoever waits later: nothing waits, nothing is answered', async () => {
    await world.act({});
    await relay(await eventsOf('action.succeeded'));
    expect(machines.answers).toEqual([]);
  });
});

describe('the decisions of a batch', () => {
  it('are kept, all that was published', async () => {
    await world.act({});
    await relay(await world.database.events());
    expect(kept).toEqual(published);
    expect(kept.length).toBeGreaterThan(0);
  });

  it('that can not be kept hold nothing up but are tried again, and counted once', async () => {
    await world.act({});
    let failures = 1;
    const keep = async (events: readonly AuditEvent[]) => {
      if (failures-- > 0) throw new Error('the bucket is gone');
      kept.push(...events);
    };
    const records = (await world.database.events()).map((event) => recordOf(event));
    await expect(relayBatch({ ...deps, keep }, batch(...records))).rejects.toThrow('the bucket is gone');
    expect(published).toHaveLength(records.length);
    expect(figures).toEqual([]);
    await relayBatch({ ...deps, keep }, batch(...records));
    expect(kept).toHaveLength(records.length);
    expect(named('ActionsAllowed')).toHaveLength(1);
  });
});

describe('a batch in which a reaction fails', () => {
  it('reports the first failure, publishes what came before it and nothing behind', async () => {
    await world.act({});
    await world.act({});
    const [one, two, three, four] = await world.database.events();
    const records = [one, two, poison, three, four].map((event) => recordOf(event ?? {}));
    const { batchItemFailures } = await relayBatch(deps, batch(...records));
    expect(batchItemFailures).toEqual([{ itemIdentifier: records[2]?.dynamodb?.SequenceNumber }]);
    expect(published).toEqual([one, two]);
    expect(world.lines.map(([, code]) => code)).toContain('REACTION_FAILED');
  });

  it('reports the earliest of several', async () => {
    await world.act({});
    const [event] = await world.database.events();
    const records = [poison, event, poison].map((each) => recordOf(each ?? {}));
    const { batchItemFailures } = await relayBatch(deps, batch(...records));
    expect(batchItemFailures).toEqual([{ itemIdentifier: records[0]?.dynamodb?.SequenceNumber }]);
    expect(published).toEqual([]);
  });

  it('is tried again as a whole when nothing could be published', async () => {
    await world.act({});
    const events = await world.database.events();
    const publish = async () => {
      throw new Error('the bus is down');
    };
    await expect(
      relayBatch({ ...deps, publish }, batch(...events.map((event) => recordOf(event)))),
    ).rejects.toThrow('the bus is down');
  });
});

describe('a change of what was written', () => {
  it.each(['MODIFY', 'REMOVE'] as const)('(%s) is an alarm, never a reaction', async (change) => {
    await holdOrder(world);
    const [held] = await eventsOf('action.held');
    const record = recordOf(auditEvent.parse(held), change);
    expect(await relayBatch(deps, batch(record))).toEqual({ batchItemFailures: [] });
    expect(figures).toEqual([{ name: 'AuditTampered', unit: 'Count', value: 1, dimensions: {} }]);
    expect(world.lines).toContainEqual([
      'error',
      'AUDIT_TAMPERED',
      { change, sequence: record.dynamodb?.SequenceNumber },
    ]);
    expect(machines.started).toEqual([]);
    expect(published).toEqual([]);
  });
});
