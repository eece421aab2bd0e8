import * as z from 'zod';

const decimal = z.string().regex(/^(0|[1-9]\d{0,11})(\.\d{1,4})?$/, 'a decimal as a string, like "1200.50"');

/** What the ERP wants to place an order. */
export const orderBody = z.strictObject({
  request: z.string().min(1).max(100),
  vendor: z.string().min(1).max(200),
  item: z.string().min(1).max(500),
  category: z.string().min(1).max(100),
  quantity: z.int().min(1).max(1_000_000),
  unitPrice: decimal,
  total: decimal,
  currency: z.string().regex(/^[A-Z]{3}$/),
  neededBy: z.iso.date(),
  justification: z.string().max(5000),
});
export type OrderBody = z.infer<typeof orderBody>;

/** A placed order; `key` is the caller's Idempotency-Key. */
export type Order = OrderBody & { readonly id: string; readonly key: string; readonly placedAt: string };

/** One request the ERP answered, for reconciliation. */
export type JournalEntry = {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly key: string | null;
};

/** Where the ERP keeps its orders and its journal. */
export type OrderStore = {
  /** Places an order unless its key is taken; gives the order of that key either way. */
  place(order: Order): Promise<Order>;
  orders(): Promise<readonly Order[]>;
  note(entry: JournalEntry): Promise<void>;
  journal(): Promise<readonly JournalEntry[]>;
};

const PLACES = 10_000n;

function tenThousandths(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole) * PLACES + BigInt(fraction.padEnd(4, '0'));
}

/** Whether total is exactly quantity × unit price: the ERP believes nobody's arithmetic. */
export function totalIsRight({ quantity, unitPrice, total }: OrderBody): boolean {
  return BigInt(quantity) * tenThousandths(unitPrice) === tenThousandths(total);
}

/** The same order again, whatever its id and time. */
export function isSameOrder(a: Order, b: Order): boolean {
  const body = ({ id, placedAt, ...rest }: Order) => JSON.stringify(Object.entries(rest).sort());
  return body(a) === body(b);
}
