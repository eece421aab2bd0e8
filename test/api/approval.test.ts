import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { decide, eventually, mailsAbout, type Product, startProduct } from './product.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct({ edit: withPreview });
  for (const name of ['gather', 'analyse', 'act'] as const) product.work(name);
}, 120_000);
afterAll(() => product.stop());

/** The pilot, whose orders show an approver which vendors there are. */
function withPreview(file: string, text: string): string {
  const look = `---
kind: Tool
name: erp.get_vendors
title: Get the vendors there are
system: erp
effect: read
groups: [read]
connector: { type: http, method: GET, path: /vendors }
input: { type: object, required: [category], properties: { category: { type: string } } }
`;
  const review = '---\nkind: ToolReview\ntool: erp.get_vendors\neffect: read\ngroups: [read]\n';
  if (file.endsWith('systems.yaml')) return `${text}\n${review}definition: ${'0'.repeat(64)}\n`;
  if (!file.endsWith('tools.yaml')) return text;
  return `${text.replace('title: Place a purchase order', '$&\npreview: erp.get_vendors')}\n${look}`;
}

const large = (total: string) => ({ quantity: 1, unitPrice: total, total });

async function held(id: string, total: string) {
  const run = await product.order(id, large(total));
  const mails = await eventually(`people are asked about ${id}`, async () => {
    const found = await mailsAbout(product, id);
    return found.length === 3 ? found : undefined;
  });
  return { run, mails };
}

const ended = (run: string) =>
  eventually('the run ended', async () => {
    const view = await product.admin.run(run);
    return view.finishedAt ? view : undefined;
  });

async function orders(): Promise<readonly { request: string }[]> {
  const headers = { authorization: `Bearer ${product.erp.token}` };
  const response = await fetch(`${product.erp.url}/purchase-orders`, { headers });
  return ((await response.json()) as { orders: { request: string }[] }).orders;
}
/** What agents call to look for work, and what comes round by the clock whether or not anything waits. */
const ofTheClock = /-(Token|Tasks|Reconcile|MailDigests|WatchCertifications|WatchTools)(?=[A-Z0-9])/;

const invoked = () => Object.entries(product.cloud.invocations()).filter(([name]) => !ofTheClock.test(name));

/** Everything the machines that run now ever did. */
async function histories(): Promise<readonly unknown[]> {
  const client = new SFNClient({ region: 'us-east-1' });
  const machines = product.cloud.resources.filter(({ type }) => type === 'AWS::StepFunctions::StateMachine');
  const found = await Promise.all(
    machines.map(({ ref: stateMachineArn }) =>
      client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' })),
    ),
  );
  const arns = found.flatMap(({ executions = [] }) => executions.map(({ executionArn }) => executionArn));
  expect(arns).toHaveLength(2);
  const told = arns.map((executionArn) => client.send(new GetExecutionHistoryCommand({ executionArn })));
  return (await Promise.all(told)).map(({ events }) => events);
}

/** Once people were told, no function runs and no machine takes a step, however long they think. */
async function expectStandstill(): Promise<void> {
  let seen: unknown;
  await eventually('everybody was told', async () => {
    const before = seen;
    seen = invoked();
    await sleep(700);
    return isDeepStrictEqual(before, seen) ? true : undefined;
  });
  const before = { invoked: invoked(), histories: await histories() };
  await sleep(2000);
  expect({ invoked: invoked(), histories: await histories() }).toEqual(before);
}

const ordered = async (id: string) => (await orders()).filter(({ request }) => request === id).length;

describe('an order that people must decide', () => {
  it('is placed once when one budget owner agrees', async () => {
    const { run, mails } = await held('PR-ONE', '4000.00');
    expect(mails.map(({ to }) => to).sort()).toEqual([
      'joao.ferreira@example.com',
      'priya.raman@example.com',
      'tomas.lindqvist@example.com',
    ]);
    expect(mails[0]?.text).toContain('What is there now. As erp.get_vendors told at');
    expect(mails[0]?.text).toContain('  vendors: ["');
    expect(await ordered('PR-ONE')).toBe(0);
    expect((await decide(mails[0]?.link ?? '', 'approve')).status).toBe(303);
    expect(await ended(run)).toMatchObject({ outcome: { result: 'ordered', touches: 1 } });
    expect((await decide(mails[1]?.link ?? '', 'approve')).status).toBe(403);
    expect(await ordered('PR-ONE')).toBe(1);
  });

  it('waits for the second of two people from finance', async () => {
    const { run, mails } = await held('PR-TWO', '12000.00');
    await expectStandstill();
    await decide(mails[0]?.link ?? '', 'approve');
    await decide(mails[0]?.link ?? '', 'approve');
    expect(await product.admin.run(run)).toMatchObject({ status: 'running' });
    expect(await ordered('PR-TWO')).toBe(0);
    await decide(mails[1]?.link ?? '', 'approve');
    expect(await ended(run)).toMatchObject({ outcome: { result: 'ordered', touches: 2 } });
    expect(await ordered('PR-TWO')).toBe(1);
  }, 60_000);

  it('is never placed after one no, and the reason comes through', async () => {
    const { run, mails } = await held('PR-NO', '4000.00');
    expect((await decide(mails[0]?.link ?? '', 'deny')).status).toBe(422);
    expect((await decide(mails[0]?.link ?? '', 'deny', 'Not this year')).status).toBe(303);
    expect(await ended(run)).toMatchObject({ outcome: { result: 'rejected' } });
    expect((await decide(mails[1]?.link ?? '', 'approve')).status).toBe(403);
    expect(await ordered('PR-NO')).toBe(0);
  });

  it('ends as unreachable, without effect, when nobody may decide', async () => {
    const onlyTheSponsor = (file: string, text: string) =>
      file.endsWith('people.yaml')
        ? text.replace('[tomas-lindqvist, priya-raman, joao-ferreira]', '[vera-okafor]')
        : text;
    await product.apply(onlyTheSponsor);
    const run = await product.order('PR-NOBODY', large('4000.00'));
    expect(await ended(run)).toMatchObject({ outcome: { result: 'unreachable' } });
    expect(await mailsAbout(product, 'PR-NOBODY')).toEqual([]);
    expect(await ordered('PR-NOBODY')).toBe(0);
    await product.apply();
  });

  it('is judged afresh: a vendor blocked after the vote gets no order', async () => {
    const { run, mails } = await held('PR-LATE', '12000.00');
    await decide(mails[0]?.link ?? '', 'approve');
    const blocked = (file: string, text: string) =>
      file.endsWith('unit.yaml') ? text.replace('- Shady Supplies', '- Contoso Paper') : text;
    await product.apply(blocked);
    await decide(mails[1]?.link ?? '', 'approve');
    expect(await ended(run)).toMatchObject({ outcome: { result: 'denied' } });
    expect(await ordered('PR-LATE')).toBe(0);
    await product.apply();
  });
});
