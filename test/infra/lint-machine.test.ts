import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Code, Function as Fn, Runtime } from 'aws-cdk-lib/aws-lambda';
import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import { faultNames } from '../../core/fault.ts';
import { GovernedMachine } from '../../lib/governed-machine.ts';
import { lintMachine } from '../../lib/lint-machine.ts';
import { jsonataNames } from '../../lib/machine-rules/function-names.ts';
import { readSettings } from '../../lib/settings.ts';

const root = join(import.meta.dirname, '../..');
const files = globSync('statemachines/*.asl.json', { cwd: root });
const parse = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));

/** CommonJS without types. It writes into what it is given. */
const validate = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => {
  readonly isValid: boolean;
  readonly errorsText: () => string;
};

describe('every machine of statemachines/', () => {
  it('is looked at', () => {
    expect(files.map((file) => basename(file))).toEqual(expect.arrayContaining(['approval.asl.json']));
  });

  it.each(files)('keeps our rules: %s', (file) => {
    expect(lintMachine(parse(file), faultNames)).toEqual([]);
  });

  it.each(files)('is valid Amazon States Language: %s', (file) => {
    const { isValid, errorsText } = validate(parse(file));
    expect(isValid, errorsText()).toBe(true);
  });
});

type Json = Record<string, unknown>;

const wait = {
  Comment: 'Somebody answers in time, or it ends.',
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Arguments: { FunctionName: '${ask}', Payload: { token: '{% $states.context.Task.Token %}' } },
  TimeoutSeconds: 60,
  Assign: { answer: '{% $states.result %}' },
  Catch: [{ ErrorEquals: ['States.ALL'], Assign: { why: 'late' }, Next: 'Give up' }],
  Next: 'Is it yes?',
};
const choice = {
  Comment: 'Only yes is yes.',
  Type: 'Choice',
  Choices: [{ Condition: "{% $answer = 'yes' %}", Next: 'Act' }],
  Default: 'Stop',
};
const act = {
  Comment: 'It is done once.',
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: '${act}', Payload: { answer: '{% $answer %}' } },
  TimeoutSeconds: '{% $states.input.seconds %}',
  Retry: [{ ErrorEquals: ['Lambda.ServiceException'], MaxAttempts: 2 }],
  End: true,
};
const good = {
  Comment: 'A question gets one answer.',
  QueryLanguage: 'JSONata',
  StartAt: 'Ask',
  States: {
    Ask: wait,
    'Is it yes?': choice,
    Act: act,
    Stop: { Comment: 'Nothing is left to do.', Type: 'Succeed' },
    'Give up': { Comment: 'It says why.', Type: 'Fail', Error: 'GaveUp', Cause: '{% $why %}' },
  },
};
const having = (states: Json): Json => ({ ...good, States: { ...good.States, ...states } });
const without = (state: Json, ...keys: string[]): Json =>
  Object.fromEntries(Object.entries(state).filter(([key]) => !keys.includes(key)));
const saying = (arguments_: Json) => having({ Act: { ...act, Arguments: arguments_ } });
const caught = (...ErrorEquals: string[]) => [{ ErrorEquals, Next: 'Give up', Assign: { why: 'late' } }];

describe('the lint of machines', () => {
  it('finds nothing in a machine that keeps its promises', () => {
    expect(lintMachine(good)).toEqual([]);
  });

  it.each<[string, Json, string, string]>([
    ['a machine without a Comment', without(good, 'Comment'), 'Comment', 'say what the machine promises'],
    ['a machine of JSONPath', { ...good, QueryLanguage: 'JSONPath' }, 'QueryLanguage', 'must be JSONata'],
    ['a state without a Comment', having({ Act: without(act, 'Comment') }), 'Act', 'has no Comment'],
    [
      'a state of JSONPath',
      having({ Act: { ...act, QueryLanguage: 'JSONPath' } }),
      'States/Act/QueryLanguage',
      'must be',
    ],
    ['a state of no known type', having({ Act: { ...act, Type: 'Tusk' } }), 'States/Act/Type', 'Invalid'],
    [
      'a task without a deadline',
      having({ Act: without(act, 'TimeoutSeconds') }),
      'Act',
      'has no TimeoutSeconds',
    ],
    [
      'a wait without a deadline',
      having({ Ask: without(wait, 'TimeoutSeconds') }),
      'Ask',
      'has no TimeoutSeconds',
    ],
    ['a wait nobody catches', having({ Ask: without(wait, 'Catch') }), 'Ask', 'nobody catches its deadline'],
    [
      'a wait that catches all but its deadline',
      having({ Ask: { ...wait, Catch: caught('States.TaskFailed') } }),
      'Ask',
      'nobody catches its deadline',
    ],
    [
      'a choice without a safe side',
      having({ 'Is it yes?': without(choice, 'Default') }),
      'Is it yes?',
      'has no Default',
    ],
    [
      'a misspelt error',
      having({ Ask: { ...wait, Catch: [...caught('States.Timout'), ...wait.Catch] } }),
      'Ask',
      'matches States.Timout',
    ],
    [
      'an error nobody gives',
      having({ Act: { ...act, Retry: [{ ErrorEquals: ['ToolBusy'] }] } }),
      'Act',
      'matches ToolBusy',
    ],
    [
      'an error nothing can catch',
      having({ Act: { ...act, Retry: [{ ErrorEquals: ['States.Runtime'] }] } }),
      'Act',
      'cannot be retried or caught',
    ],
    [
      'States.ALL beside another name',
      having({ Ask: { ...wait, Catch: caught('States.ALL', 'States.Timeout') } }),
      'Ask',
      'alone and last',
    ],
    [
      'States.ALL before another name',
      having({ Ask: { ...wait, Catch: [...wait.Catch, ...caught('States.Timeout')] } }),
      'Ask',
      'alone and last',
    ],
    [
      'a variable nobody assigns',
      saying({ Payload: '{% $reply %}' }),
      'Act',
      'Arguments/Payload reads $reply',
    ],
    [
      'a variable only a catcher assigns',
      saying({ Payload: { why: '{% $why %}' } }),
      'Act',
      'Arguments/Payload/why reads $why',
    ],
    [
      'a variable a catcher skips',
      having({ 'Give up': { ...good.States['Give up'], Cause: '{% $answer %}' } }),
      'Give up',
      'Cause reads $answer',
    ],
    [
      'a variable read where it is assigned',
      having({ Ask: { ...wait, Output: '{% $answer %}' } }),
      'Ask',
      'Output reads $answer',
    ],
    ['an evaluated text', saying({ Payload: "{% $eval('1') %}" }), 'Act', 'reads $eval'],
    [
      'a token outside a wait',
      saying({ Payload: '{% $states.context.Task.Token %}' }),
      'Act',
      'reads the task token',
    ],
    [
      'a token within a whole context',
      saying({ Payload: '{% $states.context %}' }),
      'Act',
      'reads the task token',
    ],
    [
      'a token within the whole of $states',
      saying({ Payload: '{% $string($states) %}' }),
      'Act',
      'reads the task token',
    ],
    [
      'a token that a wait keeps in its data',
      having({ Ask: { ...wait, Assign: { answer: 1, token: '{% $states.context.Task.Token %}' } } }),
      'Ask',
      'Assign/token reads the task token',
    ],
    [
      'a wait that gives its token to nobody',
      having({ Ask: { ...wait, Arguments: { FunctionName: '${ask}' } } }),
      'Ask',
      'gives its task token to nobody',
    ],
    [
      'a result before there is one',
      saying({ Payload: '{% $states.result %}' }),
      'Act',
      'reads $states.result',
    ],
    [
      'a result in a catcher',
      having({ Ask: { ...wait, Catch: [{ ...wait.Catch[0], Output: '{% $states.result %}' }] } }),
      'Ask',
      'Catch/0/Output reads $states.result',
    ],
    [
      'an error outside a catcher',
      having({ Act: { ...act, Output: '{% $states.errorOutput %}' } }),
      'Act',
      'reads $states.errorOutput',
    ],
    ['a member $states never had', saying({ Payload: '{% $states.Input %}' }), 'Act', 'reads $states.Input'],
    [
      'an expression that does not parse',
      saying({ Payload: "{% $answer = ' %}" }),
      'Act',
      'Arguments/Payload does not parse',
    ],
    [
      'an expression for a name of errors',
      having({ Act: { ...act, Retry: [{ ErrorEquals: ['{% $answer %}'] }] } }),
      'Act',
      'has an expression in Retry/0/ErrorEquals/0',
    ],
    [
      'an expression for a number of attempts',
      having({ Act: { ...act, Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: '{% 3 %}' }] } }),
      'Act',
      'has an expression in Retry/0/MaxAttempts',
    ],
    [
      'an expression for a resource',
      having({ Act: { ...act, Resource: '{% $answer %}' } }),
      'Act',
      'has an expression in Resource',
    ],
    [
      'an expression for the next state',
      having({ Act: { ...without(act, 'End'), Next: '{% $answer %}' } }),
      'Act',
      'has an expression in Next',
    ],
    [
      'a space before an expression',
      saying({ Payload: ' {% $answer %}' }),
      'Act',
      'has text around {% %} in Arguments/Payload',
    ],
    [
      'a text with an expression in it',
      saying({ Payload: 'it is {% $answer %}' }),
      'Act',
      'has text around {% %} in Arguments/Payload',
    ],
    [
      'two expressions in one text',
      saying({ Payload: '{% $answer %}{% $answer %}' }),
      'Act',
      'has text around {% %} in Arguments/Payload',
    ],
    [
      'an expression that never ends',
      saying({ Payload: '{% $answer' }),
      'Act',
      'has text around {% %} in Arguments/Payload',
    ],
    ['a key that looks computed', saying({ '{% $answer %}': 1 }), 'Act', 'a key cannot be computed'],
    ['a JSONPath key', saying({ 'answer.$': '$.answer' }), 'Act', 'has the key Arguments/answer.$'],
    ['a JSONPath text', saying({ Payload: '$.answer' }), 'Act', 'has $.answer in Arguments/Payload'],
    [
      'a JSONPath text of the context',
      saying({ Payload: '$$.Execution.Id' }),
      'Act',
      'has $$.Execution.Id in',
    ],
    ['a JSONPath function', saying({ Payload: 'States.UUID()' }), 'Act', 'has States.UUID() in'],
    ['a JSONPath field', having({ Act: { ...act, ResultPath: '$.x' } }), 'Act', 'has ResultPath'],
  ])('finds %s', (_, machine, where, reason) => {
    const findings = lintMachine(machine);
    expect(findings.map((finding) => finding.where)).toContain(where);
    const said = findings.filter((finding) => finding.where === where).map((finding) => finding.reason);
    expect(said).toContainEqual(expect.stringContaining(reason));
  });

  it.each<[string, Json]>([
    ['a deadline that is computed', saying({ Payload: 1 })],
    [
      'a wait that catches its deadline by name',
      having({ Ask: { ...wait, Catch: caught('States.Timeout') } }),
    ],
    [
      'variables an expression binds itself',
      saying({ Payload: '{% ($n := 1; $map([1], function($v, $i) { $v + $i + $n })) %}' }),
    ],
    ['variables a path binds itself', saying({ Payload: '{% $answer.a@$x#$i.b[$x = $i] %}' })],
    ['functions handed on by name', saying({ Payload: '{% $map($answer, $uppercase) ~> $join %}' })],
    ['functions AWS adds', saying({ Payload: "{% $hash($uuid(), 'SHA-256') & $range(1, 2, 1) %}" })],
    ['a member of the context that is no token', saying({ Payload: '{% $states.context.Execution.Name %}' })],
    ['an amount of money', saying({ Payload: '$5' })],
  ])('lets pass %s', (_, machine) => {
    expect(lintMachine(machine)).toEqual([]);
  });

  it('knows the errors our own functions give', () => {
    const machine = having({ Act: { ...act, Retry: [{ ErrorEquals: ['ActionInFlight'] }] } });
    expect(lintMachine(machine, faultNames)).toEqual([]);
    expect(lintMachine(machine)).toHaveLength(1);
  });

  it('follows every path: a variable counts when all of them assign it', () => {
    const assigning = (Assign: Json) =>
      having({
        Stop: { Comment: 'Was no.', Type: 'Pass', Assign, Next: 'Report' },
        Act: { ...without(act, 'End'), Assign: { end: 'acted' }, Next: 'Report' },
        Report: { Comment: 'Says it.', Type: 'Pass', Output: '{% $end %}', End: true },
      });
    expect(lintMachine(assigning({ end: 'stopped' }))).toEqual([]);
    expect(lintMachine(assigning({ other: 'stopped' }))).toEqual([
      { where: 'Report', reason: 'Output reads $end, which not every path here assigns' },
    ]);
  });

  it('follows loops until nothing changes', () => {
    const machine = having({
      Stop: { Comment: 'Asks again.', Type: 'Pass', Assign: { tries: '{% $tries + 1 %}' }, Next: 'Ask' },
    });
    expect(lintMachine(machine).map(({ reason }) => reason)).toEqual([
      expect.stringContaining('reads $tries'),
    ]);
  });

  it('looks into Map and Parallel, where outer variables are known and inner ones stay', () => {
    const inner = { StartAt: 'Each', States: { Each: { ...act, Output: '{% $answer %}' } } };
    const map = (ProcessorConfig?: Json, States: Json = inner.States) =>
      having({
        Act: {
          Comment: 'One at a time.',
          Type: 'Map',
          Items: '{% [$answer] %}',
          ItemProcessor: { ...inner, States, ...(ProcessorConfig && { ProcessorConfig }) },
          End: true,
        },
      });
    expect(lintMachine(map())).toEqual([]);
    expect(lintMachine(map({ Mode: 'DISTRIBUTED' })).map(({ where }) => where)).toEqual(['Each', 'Each']);
    expect(lintMachine(map(undefined, { Each: without(act, 'TimeoutSeconds') }))).toEqual([
      { where: 'Each', reason: expect.stringContaining('has no TimeoutSeconds') as string },
    ]);
  });
});

describe('the functions the lint knows', () => {
  it.each(jsonataNames)('exist in JSONata: $%s', async (name) => {
    expect(await jsonata(`$type($${name})`).evaluate({})).toBe('function');
  });
});

describe('a machine in a stack', () => {
  const build = (machine: string, functions: readonly string[]) => () => {
    const stack = new Stack(new App({ analyticsReporting: false }), 'Test');
    const props = { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('//') };
    const steps = Object.fromEntries(functions.map((name) => [name, new Fn(stack, name, props)]));
    return new GovernedMachine(stack, 'Machine', {
      machine,
      functions: steps,
      settings: readSettings('dev'),
    });
  };
  const steps = ['request-approval', 'expire-approval', 'execute-action'];

  it('gets a function for each placeholder', () => {
    expect(build('approval', steps)).not.toThrow();
    expect(build('approval', steps.slice(1))).toThrow('asks for unknown functions: request-approval');
    expect(build('approval', [...steps, 'notify'])).toThrow('approval.asl.json never uses: notify');
  });

  it('does not come to be when it breaks a rule: one line names machine, state and reason', () => {
    expect(build('../test/infra/fixtures/careless', ['ask'])).toThrow(
      /careless\.asl\.json, Ask: has no TimeoutSeconds: every task has a deadline$/,
    );
  });
});
