import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, type Product, startProduct } from './product.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
}, 120_000);
afterAll(() => product.stop());

describe('an agent that dies in the middle of a task', () => {
  it('is replaced by another with the capability, under a new fence, and the run ends as if nothing was', async () => {
    const key = join(product.home, 'keys', 'gather.jwk.json');
    const program = join(import.meta.dirname, 'hanging-agent.ts');
    const dying = spawn(process.execPath, [program, product.cloud.url, 'agt_procurement_gather', key], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const run = await product.order('PR-DIES');
    await once(dying.stdout, 'data');
    expect(await product.admin.run(run)).toMatchObject({
      waitingFor: { step: 'Gather the facts', status: 'leased', agent: 'agt_procurement_gather' },
    });
    dying.kill('SIGKILL');
    product.work('standby');
    const ended = await eventually(
      'the stand-by finished it',
      async () => {
        const view = await product.admin.run(run);
        return view.finishedAt ? view : undefined;
      },
      40,
    );
    expect(ended).toMatchObject({ status: 'succeeded', outcome: { result: 'ordered' } });

    const events = await Array.fromAsync(product.admin.auditEvents());
    const claims = events
      .filter(({ type, run: of }) => type === 'task.claimed' && of === run)
      .map(({ agent, data }) => ({ agent, ...(data as { step: string; fence: number; takenOver: boolean }) }))
      .filter(({ step }) => step === 'Gather the facts')
      .sort((a, b) => a.fence - b.fence);
    expect(claims).toMatchObject([
      { agent: 'agt_procurement_gather', fence: 1, takenOver: false },
      { agent: 'agt_procurement_standby', fence: 2, takenOver: true },
    ]);
  }, 60_000);
});
