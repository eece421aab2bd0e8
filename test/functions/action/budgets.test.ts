import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { spentKey, spentOn } from '../../../core/budget/budget.ts';
import type { GovernanceBody } from '../../../core/governance/manifest.ts';
import { order, startWorld, type World } from '../../harness/door.ts';
import { organisation } from '../../harness/organisation.ts';

let world: World;
let month = 0;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
/** Every test has a month of its own, so that none spends what another has. */
beforeEach(() => {
  month += 1;
  world.clock.now = new Date(Date.UTC(2027, month, 15, 10));
  world.erp.calls.length = 0;
  world.erp.answer = () => ({ status: 'succeeded', output: {} });
});

type Limits = { readonly perDay?: string; readonly perMonth?: string };

/** The company with budgets: `scope` → limits, each set by the centre or a unit. */
function withBudgets(
  ...budgets: (Limits & { readonly scope: string; readonly layer?: string })[]
): GovernanceBody {
  const body = organisation();
  const documents = budgets.map(({ layer = 'coe', ...fields }, n) => ({
    file: 'budgets.yaml',
    line: n + 1,
    layer,
    document: { kind: 'Budget', id: `budget-${n}`, currency: 'USD', ...fields },
  }));
  return { ...body, manifests: [...body.manifests, ...documents] };
}

const spend = (total: string, more: object = {}) => world.act({ input: { ...order, total }, ...more });
const today = () => world.clock.now.toISOString().slice(0, 10);

async function spent(scope: string) {
  const [row] = await world.database.registry.load([spentKey(scope, today(), 'USD')]);
  return spentOn(row, today());
}

describe('a budget', () => {
  it('lets an action through to the last cent of its day, and not a cent beyond', async () => {
    await world.apply(withBudgets({ scope: 'unit:operations', perDay: '1200.00' }));
    expect((await spend('700.00')).status).toBe(200);
    expect((await spend('500.00')).status).toBe(200);
    const over = await spend('0.01');
    expect(over).toMatchObject({ status: 403, body: { title: 'budget-exceeded' } });
    expect(over.body['detail']).toBe(
      'unit:operations may spend 1200.00 USD a day (UTC): 1200.00 USD are spent or in flight, and this asks for 0.01 USD',
    );
    expect(world.erp.calls).toHaveLength(2);
    world.clock.now = new Date(world.clock.now.getTime() + 86_400_000);
    expect((await spend('1.00')).status).toBe(200);
  });

  it('counts fractions of a cent as a whole one, so that none slips through', async () => {
    await world.apply(withBudgets({ scope: 'unit:operations', perDay: '0.02' }));
    expect((await spend('0.0101')).status).toBe(200);
    expect((await spend('0.0001')).status).toBe(403);
  });

  it('of a month holds over its days', async () => {
    await world.apply(withBudgets({ scope: 'agent:agt_buyer', perMonth: '1000.00' }));
    expect((await spend('600.00')).status).toBe(200);
    world.clock.now = new Date(world.clock.now.getTime() + 86_400_000);
    const over = await spend('600.00');
    expect(over.body['detail']).toContain('agent:agt_buyer may spend 1000.00 USD a month (UTC): 600.00 USD');
    expect((await spend('600.00', { as: 'agt_second' })).status).toBe(200);
  });

  it('is tightened by a unit and never loosened', async () => {
    const scope = 'unit:operations';
    await world.apply(
      withBudgets({ scope, perDay: '300.00' }, { scope, perDay: '9000.00', layer: 'operations' }),
    );
    expect((await spend('300.01')).status).toBe(403);
    await world.apply(
      withBudgets({ scope, perDay: '300.00' }, { scope, perDay: '100.00', layer: 'operations' }),
    );
    expect((await spend('100.01')).status).toBe(403);
    expect((await spend('100.00')).status).toBe(200);
  });

  it('gets back what a call without effect had taken, and keeps what nobody knows', async () => {
    await world.apply(withBudgets({ scope: 'unit:operations', perDay: '500.00' }));
    world.erp.answer = () => ({ status: 'failed', code: 'refused-by-system', detail: 'no' });
    expect((await spend('400.00')).body).toMatchObject({ status: 'failed' });
    expect(await spent('unit:operations')).toEqual({ day: 0, month: 0 });
    world.erp.answer = () => ({ status: 'unknown', code: 'unreachable', detail: 'no answer' });
    expect((await spend('400.00')).body).toMatchObject({ status: 'unknown' });
    expect(await spent('unit:operations')).toEqual({ day: 40_000, month: 40_000 });
    expect((await spend('200.00')).status).toBe(403);
  });

  it('asks nobody to agree to what it does not allow', async () => {
    await world.apply(withBudgets({ scope: 'unit:operations', perDay: '2500.00' }));
    expect((await spend('2000.00')).status).toBe(202);
    expect((await spend('900.00')).status).toBe(200);
    expect((await spend('2000.00')).body).toMatchObject({ title: 'budget-exceeded' });
  });

  it('is told beforehand to whoever asks what would happen', async () => {
    await world.apply(withBudgets({ scope: 'unit:operations', perDay: '10.00' }));
    const ask = { tool: 'erp.create_order', input: order, purpose: 'Chairs' };
    expect((await world.post('/v1/actions:explain', ask)).body).toMatchObject({
      outcome: 'deny',
      reason: 'budget-exceeded',
    });
  });

  it('counts what a call costs, fixed or by a field of its input', async () => {
    const body = withBudgets({ scope: 'unit:operations', perDay: '1.00' });
    const manifests = body.manifests.map((each) => {
      const document = each.document as { kind: string; name?: string; tool?: string };
      if (document.kind === 'ToolReview' && document.tool === 'erp.get_budget') return undefined;
      return document.kind === 'Tool' && document.name === 'erp.get_budget'
        ? { ...each, layer: 'coe', document: { ...document, shared: true, cost: '0.40' } }
        : each;
    });
    await world.apply({ ...body, manifests: manifests.filter((each) => each !== undefined) });
    const read = () => world.act({ tool: 'erp.get_budget', input: { unit: 'operations' } });
    expect([(await read()).status, (await read()).status, (await read()).status]).toEqual([200, 200, 403]);
  });
});

describe('many actions of one moment', () => {
  it('never go beyond it together, and what is counted is what was done', async () => {
    await world.apply(withBudgets({ scope: 'unit:operations', perDay: '5000.00' }));
    const amounts = Array.from({ length: 60 }, (_, n) => 50 + ((n * 7919) % 300));
    world.erp.answer = ({ input }) =>
      Number(input['total']) % 5 === 0
        ? { status: 'failed', code: 'refused-by-system', detail: 'no' }
        : { status: 'succeeded', output: {} };
    const answers = await Promise.all(amounts.map((amount) => spend(`${amount}.00`)));
    const done = amounts.filter((_, n) => answers[n]?.body['status'] === 'succeeded');
    const sum = done.reduce((total, amount) => total + amount, 0);
    expect(answers.some(({ body }) => body['title'] === 'budget-exceeded')).toBe(true);
    expect(sum).toBeLessThanOrEqual(5000);
    expect(await spent('unit:operations')).toEqual({ day: sum * 100, month: sum * 100 });
  });
});

describe('budgets that say nothing', () => {
  it.each([
    ['of nobody', { scope: 'unit:nobody', perDay: '1.00' }, /there is no unit of this id/],
    ['without a limit', { scope: 'unit:operations' }, /give perDay, perMonth or both/],
    ['in another currency', { scope: 'unit:operations', perDay: '1.00', currency: 'EUR' }, /in USD/],
    ['of another unit', { scope: 'unit:operations', perDay: '1.00', layer: 'sales' }, /not of sales/],
  ])('are refused: %s', async (_, fields, reason) => {
    await expect(world.apply(withBudgets(fields))).rejects.toThrow(reason);
  });
});
