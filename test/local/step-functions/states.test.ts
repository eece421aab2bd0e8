import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { run, stopTime, T0 } from './run-machine.ts';

beforeEach(stopTime);
afterEach(() => vi.useRealTimers());

const END = { Type: 'Pass', End: true };
/** Shows the variables `a` and `b` and the input beside them. */
const SHOW = {
  Type: 'Pass',
  Output: { a: '{% $a %}', b: '{% $b %}', input: '{% $states.input %}' },
  End: true,
};

describe('a Pass state', () => {
  it.each([
    { does: 'hands its input on', state: {}, input: { x: 1 }, out: { x: 1 } },
    {
      does: 'hands a literal on',
      state: { Output: { x: [1, 'a', null, true] } },
      out: { x: [1, 'a', null, true] },
    },
    {
      does: 'puts values in place, however deep',
      state: { Output: { x: [{ y: '{% $states.input.z %}' }] } },
      input: { z: 7 },
      out: { x: [{ y: 7 }] },
    },
    { does: 'may give any JSON', state: { Output: '{% null %}' }, out: null },
    { does: 'takes input that is no object', state: {}, input: 'text', out: 'text' },
  ])('$does', async ({ state, input, out }) => {
    const result = await run({ Only: { Type: 'Pass', ...state, End: true } }, input);
    expect(result).toMatchObject({ status: 'SUCCEEDED', out });
    expect(result.types).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('leaves the variables to the states after it', async () => {
    const result = await run(
      {
        Set: {
          Type: 'Pass',
          Assign: { a: 18, b: { c: '{% $states.input.x %}' } },
          Output: 'out',
          Next: 'Show',
        },
        Show: SHOW,
      },
      { x: 2 },
    );
    expect(result.out).toEqual({ a: 18, b: { c: 2 }, input: 'out' });
  });

  it('assigns simultaneously, and its Output still sees the old values', async () => {
    const result = await run({
      Set: { Type: 'Pass', Assign: { a: 1, b: 2 }, Next: 'Swap' },
      Swap: { Type: 'Pass', Assign: { a: 18, b: '{% $a %}' }, Output: '{% [$a, $b] %}', Next: 'Show' },
      Show: SHOW,
    });
    expect(result.out).toEqual({ a: 18, b: 1, input: [1, 2] });
  });
});

describe('a Choice state', () => {
  const choose = (state: object) => ({
    Set: { Type: 'Pass', Assign: { a: 0, b: 0 }, Next: 'Choose' },
    Choose: {
      Type: 'Choice',
      Choices: [
        { Condition: "{% $states.input.x = 'one' %}", Assign: { a: 1 }, Output: 'of the rule', Next: 'Show' },
        { Condition: "{% $states.input.x = 'two' %}", Next: 'Show' },
        { Condition: "{% $states.input.x in ['one', 'two', 'three'] %}", Next: 'Other' },
      ],
      ...state,
    },
    Show: SHOW,
    Other: { Type: 'Pass', Output: 'other', End: true },
  });
  const own = { Assign: { b: 2 }, Output: 'of the state', Default: 'Show' };

  it.each([
    {
      on: 'the first rule that holds, with its own Assign and Output',
      x: 'one',
      out: { a: 1, b: 0, input: 'of the rule' },
    },
    {
      on: 'a rule without Output by its input, never by the state’s own',
      x: 'two',
      out: { a: 0, b: 0, input: { x: 'two' } },
    },
    { on: 'a later rule when no earlier one holds', x: 'three', out: 'other' },
    {
      on: 'Default with the state’s own Assign and Output',
      x: 'four',
      out: { a: 0, b: 2, input: 'of the state' },
    },
  ])('goes to $on', async ({ x, out }) => {
    const result = await run(choose(own), { x });
    expect(result.out).toEqual(out);
    expect(result.types.slice(3, 5)).toEqual(['ChoiceStateEntered', 'ChoiceStateExited']);
  });

  it('fails with States.NoChoiceMatched when nothing holds and there is no Default', async () => {
    const result = await run(choose({}), { x: 'four' });
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
    expect(result.types.slice(3)).toEqual(['ChoiceStateEntered', 'ExecutionFailed']);
  });

  it('takes a Condition that is simply true', async () => {
    const result = await run(
      { Choose: { Type: 'Choice', Choices: [{ Condition: true, Next: 'End' }] }, End: END },
      5,
    );
    expect(result.out).toBe(5);
  });

  it('fails on a condition that is no boolean, naming the rule', async () => {
    const rule = { Condition: '{% $states.input.x %}', Next: 'End' };
    const result = await run(
      { Choose: { Type: 'Choice', Choices: [rule], Default: 'End' }, End: END },
      { x: null },
    );
    expect(result).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause:
        "An error occurred while executing the state 'Choose' (entered at the event id #2). The JSONata expression '$states.input.x' specified for the field 'Choices[0]/Condition' returned an unexpected result type. Expected 'boolean', but was 'null' for value: null",
    });
  });
});

describe('a Wait state', () => {
  const wait = (state: object) => ({ Wait: { Type: 'Wait', ...state, End: true } });
  const later = new Date(T0 + 30_000).toISOString();

  it.each([
    { until: 'Seconds', state: { Seconds: 30 } },
    { until: 'Seconds by an expression', state: { Seconds: '{% $states.input.seconds %}' } },
    { until: 'Timestamp', state: { Timestamp: later } },
    { until: 'Timestamp by an expression', state: { Timestamp: '{% $states.input.time %}' } },
    { until: 'Timestamp of another zone', state: { Timestamp: '2026-11-23T10:00:30+01:00' } },
  ])('waits for $until and no less', async ({ state }) => {
    const input = { seconds: 30, time: later };
    const early = await run(wait(state), input, { seconds: 29.9 });
    expect(early).toMatchObject({ status: 'RUNNING', types: ['ExecutionStarted', 'WaitStateEntered'] });
    const done = await run(wait(state), input, { seconds: 31 });
    expect(done).toMatchObject({ status: 'SUCCEEDED', out: input });
    expect(done.types.slice(1)).toEqual(['WaitStateEntered', 'WaitStateExited', 'ExecutionSucceeded']);
  });

  it('that is over already goes on at once', async () => {
    expect(await run(wait({ Seconds: 0 }), {}, { seconds: 0 })).toMatchObject({ status: 'SUCCEEDED' });
    const past = { Timestamp: '2020-01-01T00:00:00Z' };
    expect(await run(wait(past), {}, { seconds: 0 })).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('evaluates Output and Assign when it is left', async () => {
    const states = {
      Wait: {
        Type: 'Wait',
        Seconds: 5,
        Assign: { a: '{% $states.input %}', b: 2 },
        Output: 'out',
        Next: 'Show',
      },
      Show: SHOW,
    };
    expect((await run(states, 1, { seconds: 5 })).out).toEqual({ a: 1, b: 2, input: 'out' });
  });

  it.each([
    { time: 'less than none', Seconds: '{% -1 %}', error: 'States.Runtime' },
    { time: 'half a second', Seconds: '{% 1.5 %}', error: 'States.Runtime' },
    { time: 'a text', Seconds: "{% 'ten' %}", error: 'States.QueryEvaluationError' },
    { time: 'no time', Timestamp: "{% 'tomorrow' %}", error: 'States.Runtime' },
    { time: 'a time without zone', Timestamp: "{% '2026-11-23T10:00:30' %}", error: 'States.Runtime' },
  ])('refuses $time by $error', async ({ time: _, error, ...state }) => {
    expect(await run(wait(state))).toMatchObject({ status: 'FAILED', error });
  });
});

describe('the ends', () => {
  it.each([
    { state: {}, out: { x: 1 } },
    { state: { Output: '{% $states.input.x + 1 %}' }, out: 2 },
  ])('Succeed gives $out', async ({ state, out }) => {
    const result = await run({ Done: { Type: 'Succeed', ...state } }, { x: 1 });
    expect(result).toMatchObject({
      status: 'SUCCEEDED',
      out,
      told: ['Machine started', 'Machine succeeded'],
    });
    expect(result.types.slice(1)).toEqual([
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it.each([
    {
      given: 'error and cause',
      state: { Error: 'Broken', Cause: 'for good' },
      failed: { error: 'Broken', cause: 'for good' },
    },
    { given: 'an error', state: { Error: 'Broken' }, failed: { error: 'Broken' } },
    { given: 'a cause', state: { Cause: 'for good' }, failed: { cause: 'for good' } },
    { given: 'neither', state: {}, failed: {} },
    {
      given: 'expressions',
      state: { Error: '{% $states.input.e %}', Cause: "{% 'x' & 1 %}" },
      failed: { error: 'E', cause: 'x1' },
    },
  ])('Fail with $given leaves out what was not given', async ({ state, failed }) => {
    const result = await run({ Broken: { Type: 'Fail', ...state } }, { e: 'E' });
    const { error, cause } = result;
    expect({ ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) }).toEqual(failed);
    expect(result.types).toEqual(['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed']);
    expect(result.events.at(-1)).toMatchObject({ executionFailedEventDetails: failed });
    expect(result.told).toEqual(['Machine started', 'Machine failed']);
  });

  it('a machine whose time is up is TIMED_OUT, whatever it waits for', async () => {
    const states = { Wait: { Type: 'Wait', Seconds: 100, End: true } };
    const result = await run(states, {}, { machine: { TimeoutSeconds: 60 }, seconds: 60 });
    expect(result).toMatchObject({ status: 'TIMED_OUT', stopDate: T0 / 1000 + 60 });
    expect(result.error).toBeUndefined();
    expect(result.types).toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionTimedOut']);
    expect(result.told).toEqual(['Machine started', 'Machine timedOut']);
  });
});

describe('256 KiB', () => {
  const grow = (bytes: number) => `{% $join([1..${bytes}].('x')) %}`;
  const BYTES = 262_144 - 2;

  it.each([
    { what: 'Output', state: (text: string) => ({ Output: text }) },
    { what: 'a variable', state: (text: string) => ({ Assign: { big: text }, Output: 1 }) },
  ])('of $what is too much by one byte, and no name catches it', async ({ state }) => {
    const only = (bytes: number) => ({ Only: { Type: 'Pass', ...state(grow(bytes)), End: true } });
    expect(await run(only(BYTES - 20))).toMatchObject({ status: 'SUCCEEDED' });
    const result = await run(only(BYTES + 1));
    expect(result).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
      cause:
        "The state/task 'Only' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
  });
});
