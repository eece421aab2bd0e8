/** A positive decimal as people write it in a CSV: at most twelve digits and four places. */
export const DECIMAL = /^(0|[1-9]\d{0,11})(\.\d{1,4})?$/;

/** Quantity × unit price, exactly, without trailing zeros beyond the cent. */
export function times(quantity: number, unitPrice: string): string {
  const [whole = '0', fraction = ''] = unitPrice.split('.');
  const value = BigInt(quantity) * BigInt(`${whole}${fraction.padEnd(4, '0')}`);
  const places = (value % 10_000n)
    .toString()
    .padStart(4, '0')
    .replace(/0{1,2}$/, '');
  return `${value / 10_000n}.${places}`;
}
