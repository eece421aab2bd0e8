import * as z from 'zod';
import type { ActionView, Agent } from '../../../client/agent.ts';
import type { Task } from '../../../client/work.ts';
import { times } from '../decimal.ts';

const request = z.object({
  id: z.string(),
  item: z.string(),
  category: z.string(),
  quantity: z.int(),
  unitPrice: z.string(),
  currency: z.string(),
  vendor: z.string(),
  unit: z.string(),
  neededBy: z.string(),
  justification: z.string(),
});
const quote = z.object({ vendor: z.string(), unitPrice: z.string(), currency: z.string() });
const facts = z.object({
  quotes: z.array(quote),
  budget: z.object({ remaining: z.string(), currency: z.string() }),
});
const choice = quote.extend({ total: z.string(), why: z.string() });

export type Step = (agent: Agent, task: Task) => Promise<unknown>;

/** Collects quotes for what is asked, and what is left of the unit's budget. */
const gather: Step = async (agent, task) => {
  const { category, vendor, unitPrice, currency, unit } = request.parse(task.input);
  const ask = { category, vendor, price: unitPrice, currency };
  const quotes = await agent.act({
    tool: 'erp.get_quotes',
    input: ask,
    purpose: 'Compare prices before a purchase',
    task: task.id,
    idempotencyKey: 'get-quotes',
  });
  const budget = await agent.act({
    tool: 'erp.get_budget',
    input: { unit },
    purpose: 'Know what may still be spent',
    task: task.id,
    idempotencyKey: 'get-budget',
  });
  return {
    quotes: z.object({ quotes: z.array(quote) }).parse(outputOf(quotes)).quotes,
    budget: facts.shape.budget.parse(outputOf(budget)),
  };
};

/** Takes the requester's vendor unless it gave no quote; then the cheapest. Says why. */
const analyse: Step = async (_agent, task) => {
  const { request: asked, facts: known } = z.object({ request, facts }).parse(task.input);
  const own = known.quotes.find(({ vendor }) => vendor === asked.vendor);
  const cheapest = [...known.quotes].sort((a, b) => Number(a.unitPrice) - Number(b.unitPrice))[0];
  const chosen = own ?? cheapest;
  if (!chosen) throw new Error(`no vendor quotes for ${asked.category}`);
  const why = own
    ? `${own.vendor} was asked for and quotes ${own.unitPrice} ${own.currency}; ${known.quotes.length} quotes compared`
    : `${asked.vendor} gave no quote; ${chosen.vendor} is the cheapest of ${known.quotes.length}`;
  return { ...chosen, total: times(asked.quantity, chosen.unitPrice), why };
};

/** Asks the door for the order. When it is held it says so at once: nobody thinks while people do. */
const act: Step = async (agent, task) => {
  const { request: asked, choice: chosen } = z.object({ request, choice }).parse(task.input);
  const { vendor, unitPrice, currency, total } = chosen;
  const { id, item, category, quantity, neededBy, justification } = asked;
  const action = await agent.act({
    tool: 'erp.create_purchase_order',
    input: {
      request: id,
      vendor,
      item,
      category,
      quantity,
      unitPrice,
      total,
      currency,
      neededBy,
      justification,
    },
    purpose: `Order ${quantity} × ${item.slice(0, 200)} for request ${id}: ${chosen.why}`.slice(0, 1000),
    task: task.id,
    idempotencyKey: 'place-order',
  });
  return { status: action.status, action: action.id };
};

function outputOf(action: ActionView): unknown {
  if (action.status === 'succeeded') return action.output;
  throw new Error(`${action.tool} ${action.status}: ${action.problem?.detail ?? ''}`);
}

/** Which step does which capability's work. */
export const steps: Readonly<Record<string, Step>> = {
  'procurement-gather': gather,
  'procurement-analyse': analyse,
  'procurement-act': act,
};
