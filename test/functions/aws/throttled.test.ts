import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gateKey } from '../../../core/agent/agent.ts';
import { createActionsApi } from '../../../functions/action/actions-api.ts';
import { createRegistry } from '../../../functions/aws/registry.ts';
import { asNamed, buyer, order, startWorld, type World } from '../../harness/door.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

type Wire = { sent: number; refused: number };

/** A client of the same database of whose requests a share is refused on the wire, as a crowded DynamoDB does. */
function crowded(share: number, errorOf: (command: string) => Error, wire: Wire): DynamoDBClient {
  const client = new DynamoDBClient({
    endpoint: world.database.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  client.middlewareStack.add(
    (next, context) => async (args) => {
      wire.sent += 1;
      if (Math.random() >= share) return next(args);
      wire.refused += 1;
      throw errorOf(String(context.commandName));
    },
    { step: 'deserialize', priority: 'low', name: 'crowded' },
  );
  return client;
}

const throttled = () =>
  Object.assign(new Error('slow down'), {
    name: 'ThrottlingException',
    $fault: 'client',
    $metadata: {},
    $retryable: { throttling: true },
  });
const conflicting = (command: string) =>
  command === 'TransactWriteItemsCommand'
    ? new TransactionCanceledException({
        message: 'conflict',
        $metadata: {},
        CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
      })
    : throttled();

async function storm(errorOf: (command: string) => Error, actions: number) {
  const wire: Wire = { sent: 0, refused: 0 };
  const client = crowded(0.3, errorOf, wire);
  const registry = createRegistry(client, { registry: 'registry', audit: 'audit' });
  const api = createActionsApi({ ...world.deps, registry, authenticate: asNamed });
  world.erp.calls.length = 0;
  const [before] = await world.deps.registry.load([gateKey(buyer)]);
  const ask = async (n: number, input: object, tries = 0): Promise<Response> => {
    const answer = await api.request('/v1/actions', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${buyer}`,
        'idempotency-key': `storm-${errorOf.name}-${n}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ tool: 'erp.create_order', input, purpose: 'Asked for by a colleague' }),
    });
    const again = (answer.status === 503 || answer.status === 409) && tries < 20;
    if (!again) return answer;
    world.clock.now = new Date(world.clock.now.getTime() + 46_000);
    return ask(n, input, tries + 1);
  };
  const answers = await Promise.all(
    Array.from({ length: actions }, (_, n) => ask(n, n % 2 === 0 ? order : { ...order, vendor: 'Shady' })),
  );
  client.destroy();
  const [after] = await world.deps.registry.load([gateKey(buyer)]);
  const counted = Number(after?.['actionsToday']) - Number(before?.['actionsToday'] ?? 0);
  return { wire, answers, counted };
}

describe.each([
  ['throttled', throttled],
  ['in conflict with others', conflicting],
] as const)('a database that is %s three times in ten', (_, errorOf) => {
  it('costs no decision, doubles no effect and is not stormed', async () => {
    const actions = 12;
    const { wire, answers, counted } = await storm(errorOf, actions);
    expect(answers.map(({ status }) => status)).toEqual(
      Array.from({ length: actions }, (_, n) => (n % 2 === 0 ? 200 : 403)),
    );
    expect(new Set(world.erp.calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(actions / 2);
    expect(counted).toBe(actions / 2);
    expect(wire.refused).toBeGreaterThan(0);
    expect(wire.sent).toBeLessThan(actions * 12);
  }, 60_000);
});
