import type { GovernanceBody } from '../../core/governance/manifest.ts';
import { order, startWorld, type World } from '../harness/door.ts';
import { organisation } from '../harness/organisation.ts';
import { prices } from './prices.ts';

/** What one kind of action costs the database, as its endpoint metered it. */
export type Counted = {
  readonly what: string;
  readonly calls: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly itemsRead: number;
  /** US dollars for a thousand: API, function and database; without the tool. */
  readonly usdPer1000: number;
  readonly goal: string;
  readonly met: boolean;
};

type Meter = { calls: number; writeUnits: number; readUnits: number; itemsRead: number };

/** Has the engine tell what each call consumed, as DynamoDB does. */
function meter({ database }: World): Meter {
  const seen: Meter = { calls: 0, writeUnits: 0, readUnits: 0, itemsRead: 0 };
  database.client.middlewareStack.add(
    (next) => async (args) => {
      Object.assign(args.input, { ReturnConsumedCapacity: 'INDEXES' });
      const result = await next(args);
      const { ConsumedCapacity, Responses } = result.output as {
        ConsumedCapacity?: Capacity | readonly Capacity[];
        Responses?: Record<string, readonly unknown[]>;
      };
      seen.calls += 1;
      for (const each of [ConsumedCapacity ?? []].flat()) {
        seen.writeUnits += each.WriteCapacityUnits ?? 0;
        seen.readUnits += each.WriteCapacityUnits === undefined ? (each.CapacityUnits ?? 0) : 0;
      }
      seen.itemsRead += Object.values(Responses ?? {}).flat().length;
      return result;
    },
    { step: 'initialize', name: 'meter' },
  );
  return seen;
}

type Capacity = { readonly CapacityUnits?: number; readonly WriteCapacityUnits?: number };

/** Milliseconds of a function of 1 GB that one action takes besides its tool; measured warm on AWS it may be less. */
const FUNCTION_MS = 30;

const bill = ({ writeUnits, readUnits }: Meter) => {
  const database = writeUnits * prices.writeUnit + readUnits * prices.readUnit;
  const compute = prices.lambdaRequest + (FUNCTION_MS / 1000) * prices.lambdaGbSecond;
  return 1000 * (database + compute + prices.httpRequest);
};

const budget = (n: number) => ({
  file: 'budgets.yaml',
  line: n,
  layer: 'operations',
  document: {
    kind: 'Budget',
    id: `budget-${n}`,
    scope: n === 1 ? 'unit:operations' : 'agent:agt_buyer',
    currency: 'USD',
    perDay: '900000.00',
    perMonth: '9000000.00',
  },
});
const withBudgets = (body: GovernanceBody, budgets: number): GovernanceBody => ({
  ...body,
  manifests: [...body.manifests, ...[budget(1), budget(2)].slice(0, budgets)],
});

type Case = {
  readonly what: string;
  readonly ask: object;
  readonly budgets?: number;
  readonly most: { readonly calls: number; readonly writeUnits: number; readonly usd: number };
};
const cases: readonly Case[] = [
  {
    what: 'deny',
    ask: { input: { ...order, vendor: 'Shady' } },
    most: { calls: 2, writeUnits: 12, usd: 0.012 },
  },
  { what: 'allow', ask: {}, most: { calls: 3, writeUnits: 12, usd: 0.012 } },
  {
    what: 'allow, a money budget',
    ask: {},
    budgets: 1,
    most: { calls: 3, writeUnits: 20, usd: 0.02 },
  },
  {
    what: 'allow, two money budgets',
    ask: {},
    budgets: 2,
    most: { calls: 3, writeUnits: 20, usd: 0.02 },
  },
];

/** Counts what actions cost, and what is read for one as the company grows. */
export async function countCalls(say: (line: string) => void) {
  const world = await startWorld();
  try {
    const seen = meter(world);
    say(`\nWhat an action costs, as the database's endpoint metered it; prices of ${prices.asOf}`);
    say('                            calls  write units  read units  items read  $/1,000  goal');
    const actions: Counted[] = [];
    for (const each of cases) {
      await world.apply(withBudgets(organisation(), each.budgets ?? 0));
      actions.push(await countOne(world, seen, each));
      say(lineOf(actions.at(-1) as Counted));
    }
    say('\nItems read for one action, as agents, tools and history grow');
    const growth = [];
    for (const times of [1, 10, 100]) {
      growth.push(await grow(world, seen, times));
      const { agents, tools, actions: history, itemsRead, calls } = growth.at(-1) as Grown;
      say(
        `  ${times}x: ${agents} agents, ${tools} tools, ${history} actions: ${itemsRead} items in ${calls} calls`,
      );
    }
    return { prices, actions, growth };
  } finally {
    await world.stop();
  }
}

async function countOne(world: World, seen: Meter, { what, ask, most }: Case): Promise<Counted> {
  await world.act(ask);
  const one = await during(seen, () => world.act(ask));
  const usd = bill(one);
  return {
    what,
    ...one,
    usdPer1000: Number(usd.toFixed(5)),
    goal: `${most.calls} calls, ${most.writeUnits} units, $${most.usd}`,
    met: one.calls <= most.calls && one.writeUnits <= most.writeUnits && usd <= most.usd,
  };
}

async function during(seen: Meter, work: () => Promise<unknown>): Promise<Meter> {
  const before = { ...seen };
  await work();
  return {
    calls: seen.calls - before.calls,
    writeUnits: seen.writeUnits - before.writeUnits,
    readUnits: seen.readUnits - before.readUnits,
    itemsRead: seen.itemsRead - before.itemsRead,
  };
}

const lineOf = ({ what, calls, writeUnits, readUnits, itemsRead, usdPer1000, goal, met }: Counted) =>
  `${what.padEnd(26)}${[calls, writeUnits, readUnits, itemsRead].map((n, i) => String(n).padStart([7, 13, 12, 12][i] ?? 8)).join('')}  ${usdPer1000.toFixed(5)}  ${met ? 'met' : 'MISSED'} (${goal})`;

type Grown = Meter & { readonly agents: number; readonly tools: number; readonly actions: number };

/** The company with so many times its agents and tools, and as much more history. */
async function grow(world: World, seen: Meter, times: number): Promise<Grown> {
  const body = organisation();
  const copies = body.manifests.flatMap((each) => {
    const document = each.document as { kind: string; id?: string; name?: string };
    if (document.kind !== 'Agent' && document.kind !== 'Tool') return [];
    return Array.from({ length: times - 1 }, (_, n) => ({
      ...each,
      layer: document.kind === 'Tool' ? 'coe' : each.layer,
      document:
        document.kind === 'Tool'
          ? { ...document, name: `${document.name ?? ''}_${n}`, shared: true }
          : { ...document, id: `${document.id ?? ''}_${n}` },
    }));
  });
  await world.apply({ ...body, manifests: [...body.manifests, ...copies] });
  const history = times * 5;
  world.clock.now = new Date(world.clock.now.getTime() + 86_400_000);
  for (let n = 0; n < history / 10; n += 1)
    await Promise.all(Array.from({ length: 10 }, () => world.act({ as: 'agt_second' })));
  const one = await during(seen, () => world.act({}));
  const count = (kind: string) =>
    [...body.manifests, ...copies].filter(({ document }) => (document as { kind: string }).kind === kind)
      .length;
  return { ...one, agents: count('Agent'), tools: count('Tool'), actions: history };
}
