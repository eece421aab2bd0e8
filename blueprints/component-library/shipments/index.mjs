/** Stands for the team's own code: two tools, one function. What is thrown is a clear no to the agent. */
export const handler = async ({ tool, input, idempotencyKey }) => {
  if (tool === 'shipping.track_parcel') return { parcel: input.parcel, status: 'in-transit' };
  if (tool === 'shipping.book_pickup') return { pickup: `PU-${idempotencyKey.slice(-8)}`, day: input.day };
  throw new Error(`there is no ${tool} here`);
};
