import { afterEach, describe, expect, it } from 'vitest';
import type { ExecutionEvent, ExecutionSummary } from '../../../local/console/executions-view.ts';
import { count, HOSTILE, NOW, openConsole, resource, type TestConsole } from './open-console.ts';

let test: TestConsole;
afterEach(() => test.close());

const machine = resource('AWS::StepFunctions::StateMachine', 'ApprovalMachine72D3AA98');
const idle = resource('AWS::StepFunctions::StateMachine', 'ReviewMachine00000000');
const names = { machine: machine.ref };

const arnOf = (name: string) => `arn:aws:states:us-east-1:000000000000:execution:${machine.ref}:${name}`;
const run = (
  name: string,
  more: Partial<ExecutionSummary> & { events?: readonly ExecutionEvent[] } = {},
) => ({
  ...names,
  arn: arnOf(name),
  name,
  status: 'RUNNING' as const,
  startedAt: NOW - 90_000,
  ...more,
});

describe('the list of executions', () => {
  it('says what each does, since when, and leads to its history', async () => {
    const waiting = { state: 'Wait for a decision', waitingSince: NOW - 61_000 };
    test = openConsole({
      resources: [machine],
      runs: [run('act_1', waiting), run('act_2', { status: 'TIMED_OUT', stoppedAt: NOW - 85_000 })],
    });
    const page = await test.page('/_local/executions');
    expect(page).toContain(`href="/_local/executions/${machine.ref}/act_1"`);
    for (const text of ['Approval machine', 'Wait for a decision', 'waits 1 min 1 s', 'timed out', '5 s']) {
      expect(page).toContain(text);
    }
  });

  it('shows one status alone when asked, and all for one that is none', async () => {
    test = openConsole({ runs: [run('act_1'), run('act_2', { status: 'FAILED' })] });
    const failed = await test.page('/_local/executions?status=FAILED');
    expect([failed.includes('act_1'), failed.includes('act_2')]).toEqual([false, true]);
    expect(await test.page('/_local/executions?status=RUNNING')).not.toContain('act_2');
    expect(await test.page('/_local/executions?status=x')).toContain('act_2');
  });
});

describe('an execution', () => {
  const events: ExecutionEvent[] = [
    { id: 1, at: NOW - 90_000, type: 'ExecutionStarted' },
    { id: 2, at: NOW - 89_990, type: 'TaskStateEntered', state: 'Request the approval' },
    { id: 3, at: NOW - 29_000, type: 'TaskFailed', state: 'Request the approval', detail: 'States.Timeout' },
  ];
  const ended: ExecutionEvent = {
    id: 4,
    at: NOW - 28_000,
    type: 'ExecutionFailed',
    detail: 'States.Timeout',
  };

  it('shows its history in order, and where it stands while it runs', async () => {
    test = openConsole({ resources: [machine], runs: [run('act_1', { events })] });
    const page = await test.page(`/_local/executions/${machine.ref}/act_1`);
    const order = ['Execution started', 'Task state entered', 'Task failed'].map((text) =>
      page.indexOf(text),
    );
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order).not.toContain(-1);
    for (const text of ['States.Timeout', 'after 1 min', 'Request the approval, for 1 min 29 s', 'refresh']) {
      expect(page).toContain(text);
    }
  });

  it('says how it ended and how long it took, and changes no more', async () => {
    test = openConsole({ runs: [run('act_1', { events: [...events, ended] })] });
    const page = await test.page(`/_local/executions/${machine.ref}/act_1`);
    expect(page).toContain('failed</span>');
    expect(page).toContain('1 min 2 s');
    expect(page).not.toMatch(/Now in|http-equiv="refresh"/);
  });

  it('never shows what it carries', async () => {
    const secrets = { input: 'SECRET', output: 'SECRET', taskToken: 'SECRET', cause: 'SECRET' };
    const detail = `Error ${'x'.repeat(500)}`;
    const leaky = events.map((event) => ({ ...event, detail, ...secrets }));
    test = openConsole({ resources: [machine], runs: [{ ...run('act_1', { events: leaky }), ...secrets }] });
    for (const path of ['/_local/', '/_local/executions', `/_local/executions/${machine.ref}/act_1`]) {
      const page = await test.page(path);
      expect(page).toContain('act_1');
      expect(page).not.toMatch(/SECRET|x{200}/);
    }
  });

  it('with a hostile name is text everywhere, and still found', async () => {
    const hostile = events.map((event) => ({ ...event, type: HOSTILE, state: HOSTILE, detail: HOSTILE }));
    test = openConsole({ runs: [run(HOSTILE, { events: hostile, state: HOSTILE, machine: machine.ref })] });
    const list = await test.page('/_local/executions');
    const [, href = ''] = /href="([^"]*)" class="mono"/.exec(list) ?? [];
    const page = await test.page(href.replaceAll('&#39;', "'"));
    for (const each of [list, page, await test.page('/_local/')]) {
      expect(each).not.toMatch(/<script|\u202e/);
      expect(each).toContain('&lt;script&gt;');
    }
  });

  it('nobody knows is not there', async () => {
    test = openConsole({ runs: [run('act_1', { events })] });
    await test.page(`/_local/executions/${machine.ref}/act_2`, 404);
    await test.page(`/_local/executions/other/act_1`, 404);
  });
});

describe('the overview', () => {
  const queue = { queue: 'Test-Parked2FD8CA31', visible: 0 };

  it('counts executions by machine and status, and names machines that never ran', async () => {
    const runs = [run('a'), run('b'), run('c', { status: 'SUCCEEDED' }), run('d', { status: 'ABORTED' })];
    test = openConsole({ resources: [machine, idle], runs });
    const page = await test.page('/_local/');
    for (const text of ['2 running', '1 succeeded', '1 aborted', 'Review machine', 'never run']) {
      expect(page).toContain(text);
    }
    expect(page).not.toContain('0 failed');
  });

  it('puts what has waited longest first', async () => {
    const runs = [
      run('working'),
      run('short', { waitingSince: NOW - 1000 }),
      run('long', { waitingSince: NOW - 5000 }),
    ];
    test = openConsole({ runs });
    const page = await test.page('/_local/');
    const order = ['/long"', '/short"', '/working"'].map((text) => page.indexOf(text));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(page).toContain('<strong>5 s</strong> longest wait');
  });

  it('tells a healthy queue from one in which messages lie', async () => {
    test = openConsole({ queueDepths: () => [queue] });
    expect(await test.page('/_local/')).toContain('healthy');
    test.close();
    test = openConsole({ queueDepths: () => [{ ...queue, visible: 2 }, queue] });
    const page = await test.page('/_local/');
    expect(page).toContain('2 messages could not be worked off');
    expect(count(page, 'look at it')).toBe(1);
    expect(page).toContain('<strong>2</strong> parked messages');
  });

  it('counts the mails and says where everything is', async () => {
    test = openConsole();
    test.inbox.deliver({ from: 'a', to: 'b', subject: 'c', text: 'd', html: '' });
    const page = await test.page('/_local/');
    expect(page).toContain('<strong>1</strong> in the inbox');
    expect(page).toContain('AWS_ENDPOINT_URL=http://127.0.0.1:4566');
  });
});
