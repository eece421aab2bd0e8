import type { Admin } from '../../client/admin.ts';
import type { RunView } from '../../client/admin/runs.ts';
import type { PurchaseRequest } from './read-requests.ts';

export type Followed = { readonly request: PurchaseRequest; readonly run: RunView };

/** Starts a run per request, a few at a time; the same batch again finds the same runs. */
export async function startRuns(
  admin: Admin,
  requests: readonly PurchaseRequest[],
  batch: string,
): Promise<Followed[]> {
  const followed: Followed[] = [];
  await inLanes(requests, 4, async (request) => {
    const { requester, ...input } = request;
    const idempotencyKey = `${batch}.${request.id}`;
    followed.push({
      request,
      run: await admin.startRun({ workflow: 'procurement', requester, input, idempotencyKey }),
    });
  });
  return followed;
}

/** The runs as they are now; ended ones are not asked again. */
export async function refresh(admin: Admin, followed: readonly Followed[]): Promise<Followed[]> {
  const fresh: Followed[] = [];
  await inLanes(followed, 4, async ({ request, run }) => {
    fresh.push({ request, run: isEnded(run) ? run : await admin.run(run.id) });
  });
  return fresh;
}

export const isEnded = ({ status }: RunView) => status === 'succeeded' || status === 'failed';
export const waitsForPerson = ({ waitingFor }: RunView) => waitingFor?.kind === 'action';

async function inLanes<T>(
  items: readonly T[],
  lanes: number,
  handle: (item: T) => Promise<void>,
): Promise<void> {
  const rest = [...items];
  const lane = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await handle(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
