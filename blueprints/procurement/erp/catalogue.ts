/** The invented vendors of the reference ERP and how their prices compare with what a requester expects. */
const vendors = [
  { name: 'Northwind Office', categories: ['office', 'furniture'], percent: 100 },
  { name: 'Contoso Paper', categories: ['office'], percent: 97 },
  { name: 'Fabrikam Devices', categories: ['hardware'], percent: 100 },
  { name: 'Tailspin Electronics', categories: ['hardware'], percent: 104 },
  { name: 'Litware Software', categories: ['software'], percent: 100 },
  { name: 'Proseware Cloud', categories: ['software', 'services'], percent: 102 },
  { name: 'Wingtip Logistics', categories: ['services', 'logistics'], percent: 100 },
  { name: 'Adventure Tools', categories: ['equipment'], percent: 100 },
  { name: 'Fourth Coffee', categories: ['catering'], percent: 100 },
  { name: 'Shady Supplies', categories: ['office', 'hardware', 'equipment'], percent: 60 },
] as const;

/** What each unit may spend in a year, in USD. */
const budgets: Readonly<Record<string, number>> = { operations: 750_000 };

type Ask = {
  readonly category: string;
  readonly vendor: string;
  readonly price: string;
  readonly currency: string;
};

/** Price × percent, rounded half up to the cent, in integers. */
function quoted(price: string, percent: number): string {
  const [whole = '0', fraction = ''] = price.split('.');
  const tenThousandths = BigInt(`${whole}${fraction.padEnd(4, '0').slice(0, 4)}`);
  const cents = (tenThousandths * BigInt(percent) + 5_000n) / 10_000n;
  return `${cents / 100n}.${(cents % 100n).toString().padStart(2, '0')}`;
}

/** A decimal as hundredths; what is below them counts as one more. */
function centsOf(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return (BigInt(`${whole}${fraction.padEnd(4, '0').slice(0, 4)}`) + 99n) / 100n;
}

function inUnits(cents: bigint): string {
  const magnitude = cents < 0n ? -cents : cents;
  return `${cents < 0n ? '-' : ''}${magnitude / 100n}.${(magnitude % 100n).toString().padStart(2, '0')}`;
}

export const catalogue = {
  vendorsFor: (category: string) =>
    vendors.filter(({ categories }) => categories.some((each) => each === category)).map(({ name }) => name),
  /** The asked vendor's own quote at the asked price first, then the others of the category. */
  quotesFor: ({ category, vendor, price, currency }: Ask) => {
    const own = { vendor, unitPrice: price, currency };
    const others = vendors
      .filter(({ name, categories }) => name !== vendor && categories.some((each) => each === category))
      .map(({ name, percent }) => ({ vendor: name, unitPrice: quoted(price, percent), currency }));
    return vendor ? [own, ...others] : others;
  },
  budgetOf: (unit: string, spent: readonly string[]) => {
    const yearly = BigInt(Object.hasOwn(budgets, unit) ? (budgets[unit] ?? 0) : 0) * 100n;
    const used = spent.reduce((sum, total) => sum + centsOf(total), 0n);
    return { unit, currency: 'USD', yearly: inUnits(yearly), remaining: inUnits(yearly - used) };
  },
};
