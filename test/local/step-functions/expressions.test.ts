import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { machineArn, ROLE, run, stand, stopTime, T0, task, waiting } from './run-machine.ts';

beforeEach(stopTime);
afterEach(() => vi.useRealTimers());

const output = async (Output: unknown, input?: unknown) =>
  run({ S: { Type: 'Pass', Output, End: true } }, input);

describe('an expression', () => {
  it.each([
    ['{% $states.input.x %}', 3],
    ['{%$states.input.x%}', 3],
    ['{%\n$states.input.x\n%}', 3],
    [' {% $states.input.x %} ', ' {% $states.input.x %} '],
    ['$.x', '$.x'],
    ['$states.input.x', '$states.input.x'],
    ['{% $states.input.list[n > 1].n %}', [2, 3]],
    ['{% $states.input.list[n > 2].n %}', 3],
    ['{% $states.input.list[n > 2].n[] %}', [3]],
    ["{% {'a': $states.input.none, 'b': 1} %}", { b: 1 }],
    ['{% [0] %}', [0]],
    ['{% $exists($) %}', false],
    ['{% $range(1, 9, 9) %}', 1],
    ['{% $range(1, 9, 2) %}', [1, 3, 5, 7, 9]],
    ['{% $range(3, 1, -1) %}', [3, 2, 1]],
    ['{% $partition([0], 4) %}', [[0]]],
    ['{% $partition([1..5], 2) %}', [[1, 2], [3, 4], [5]]],
    ["{% $hash('abc', 'MD5') %}", '900150983cd24fb0d6963f7d28e17f72'],
    ["{% $hash('abc', 'SHA-1') %}", 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ["{% $hash('abc', 'SHA-256') %}", 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ["{% $length($hash('abc', 'SHA-384')) & ' ' & $length($hash('abc', 'SHA-512')) %}", '96 128'],
    ['{% $parse(\'{"a": [1]}\').a %}', [1]],
    ['{% $random() >= 0 and $random() < 1 and $random() != $random() %}', true],
    ['{% $random(7) = $random(7) and $random(7) != $random(8) %}', true],
    [
      '{% $match($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/).index = 0 and $uuid() != $uuid() %}',
      true,
    ],
  ])('%j gives %j', async (text, expected) => {
    const input = { x: 3, list: [{ n: 1 }, { n: 2 }, { n: 3 }] };
    const { out, cause } = await output(text, input);
    expect({ out, cause }).toEqual({ out: expected });
  });

  it('whose text is a literal elsewhere stays as it is in a Task’s arguments', async () => {
    const { invoke, asked } = stand();
    await run({ T: task({ End: true }, { a: '$.x', b: ' {% x %} ', c: '{% $states.input %}' }) }, 1, {
      invoke,
    });
    expect(asked[0]?.payload).toEqual({ a: '$.x', b: ' {% x %} ', c: 1 });
  });
});

describe('an expression that fails', () => {
  const NOTHING = 'returned nothing (undefined).';
  const THREW = 'threw an error during evaluation.';
  const UNSUPPORTED = 'returned an unsupported result type.';
  it.each([
    {
      state: { Output: { result: '{%  $states.input.none  %}' } },
      text: '$states.input.none',
      field: 'Output/result',
      what: NOTHING,
    },
    {
      state: { Output: { list: [1, '{% $gone %}'] } },
      text: '$gone',
      field: 'Output/list[1]',
      what: NOTHING,
    },
    { state: { Output: '{% $states.result %}' }, text: '$states.result', field: 'Output', what: NOTHING },
    { state: { Output: '{% $range(5, 1, 1) %}' }, text: '$range(5, 1, 1)', field: 'Output', what: NOTHING },
    { state: { Assign: { a: '{% 1 + "a" %}' } }, text: '1 + "a"', field: 'Assign/a', what: THREW },
    { state: { Output: "{% $eval('1') %}" }, text: "$eval('1')", field: 'Output', what: THREW },
    { state: { Output: "{% $parse('{') %}" }, text: "$parse('{')", field: 'Output', what: THREW },
    { state: { Output: "{% $hash('a', 'CRC') %}" }, text: "$hash('a', 'CRC')", field: 'Output', what: THREW },
    {
      state: { Output: '{% $range(1, 2000, 1) %}' },
      text: '$range(1, 2000, 1)',
      field: 'Output',
      what: THREW,
    },
    { state: { Output: '{% $range(1, 2, 0.5) %}' }, text: '$range(1, 2, 0.5)', field: 'Output', what: THREW },
    {
      state: { Output: '{% $partition([1], 0) %}' },
      text: '$partition([1], 0)',
      field: 'Output',
      what: THREW,
    },
    {
      state: { Output: '{% function($x){$x} %}' },
      text: 'function($x){$x}',
      field: 'Output',
      what: UNSUPPORTED,
    },
    {
      state: { Output: "{% {'f': function($x){$x}} %}" },
      text: "{'f': function($x){$x}}",
      field: 'Output',
      what: UNSUPPORTED,
    },
    { state: { Output: '{% $sum %}' }, text: '$sum', field: 'Output', what: UNSUPPORTED },
    { state: { Output: '{% [$uuid] %}' }, text: '[$uuid]', field: 'Output', what: UNSUPPORTED },
    { state: { Output: '{% /a/ %}' }, text: '/a/', field: 'Output', what: UNSUPPORTED },
  ])('$text in $field $what', async ({ state, text, field, what }) => {
    const result = await run({ S: { Type: 'Pass', ...state, End: true } });
    const cause = `An error occurred while executing the state 'S' (entered at the event id #2). The JSONata expression '${text}' specified for the field '${field}' ${what}`;
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError', cause });
    expect(result.types.slice(1)).toEqual(['PassStateEntered', 'EvaluationFailed', 'ExecutionFailed']);
    expect(result.events.at(-2)).toMatchObject({
      evaluationFailedEventDetails: {
        error: 'States.QueryEvaluationError',
        cause,
        location: field,
        state: 'S',
      },
    });
  });

  it.each(['array', 'object', 'string'])('names the type it was: %s', async (type) => {
    const found = { array: [1], object: { a: 1 }, string: 'x' }[type];
    const result = await run({ S: { Type: 'Wait', Seconds: '{% $states.input %}', End: true } }, found);
    expect(result.cause).toContain(
      `returned an unexpected result type. Expected 'number', but was '${type}' for value: ${JSON.stringify(found)}`,
    );
  });

  it('by never ending fails alone, and the cloud goes on', async () => {
    vi.useRealTimers();
    const result = await output('{% ($f := function($n){$f($n + 1)}; $f(0)) %}');
    await vi.waitFor(() => expect(result.status).toBe('FAILED'));
    expect(result.cause).toContain('threw an error during evaluation.');
  });
});

describe('$states.context', () => {
  it('holds AWS’s members', async () => {
    const states = {
      First: { Type: 'Wait', Seconds: 2, Next: 'S' },
      S: { Type: 'Pass', Output: '{% $states.context %}', End: true },
    };
    const result = await run(states, { x: 1 }, { seconds: 2 });
    expect(result.out).toEqual({
      Execution: {
        Id: result.executionArn,
        Input: { x: 1 },
        Name: result.name,
        RoleArn: ROLE,
        StartTime: new Date(T0).toISOString(),
        RedriveCount: 0,
      },
      State: { Name: 'S', EnteredTime: new Date(T0 + 2000).toISOString(), RetryCount: 0 },
      StateMachine: { Id: machineArn(), Name: 'Machine' },
    });
  });

  it('holds a token only where one is waited for', async () => {
    const { invoke, token } = stand();
    await run({ T: waiting({ End: true }) }, {}, { invoke });
    expect(token()).toMatch(/^[A-Za-z0-9+/]{128}$/);
    const states = { T: task({ End: true }, '{% $states.context.Task.Token %}') };
    const result = await run(states, {}, { invoke });
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });
});
