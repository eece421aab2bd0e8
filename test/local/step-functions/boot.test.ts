import { describe, expect, it } from 'vitest';
import { createIam } from '../../../local/iam/iam.ts';
import { readMachines } from '../../../local/step-functions/machine.ts';
import { machine, resourcesOf, task, waiting } from './run-machine.ts';

const END = { Type: 'Pass', End: true };
const boot = (definition: unknown, more: Parameters<typeof resourcesOf>[1] = {}) => {
  const resources = resourcesOf({ Machine: definition }, more);
  return readMachines(resources, createIam(resources).roles);
};
const only = (state: object) => machine({ Only: state, End: END });
const catching = (...names: string[][]) =>
  only(task({ End: true, Catch: names.map((ErrorEquals) => ({ ErrorEquals, Next: 'End' })) }));

describe('a machine', () => {
  it('of every state type that is run boots', () => {
    const states = {
      Work: task({ Next: 'Ask' }),
      Ask: waiting({ TimeoutSeconds: 5, HeartbeatSeconds: '{% 1 %}', Next: 'Which?' }),
      'Which?': { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'Wait' }], Default: 'Broken' },
      Wait: { Type: 'Wait', Timestamp: '2026-11-23T09:00:00Z', Next: 'Hand on' },
      'Hand on': { Type: 'Pass', QueryLanguage: 'JSONata', Comment: 'as it is', Next: 'Done' },
      Done: { Type: 'Succeed' },
      Broken: { Type: 'Fail', Error: 'Broken' },
    };
    expect(boot(machine(states, { Version: '1.0', Comment: 'all' }))).toHaveLength(1);
  });

  it.each([
    {
      what: 'a Map',
      definition: only({ Type: 'Map', End: true }),
      says: 'state "Only": the state type Map is not run',
    },
    {
      what: 'a Parallel',
      definition: only({ Type: 'Parallel', End: true }),
      says: 'state "Only": the state type Parallel is not run',
    },
    {
      what: 'an inherited type',
      definition: only({ Type: 'toString' }),
      says: 'the state type toString is not run',
    },
    { what: 'a field of JSONPath', definition: only({ ...END, ResultPath: '$.x' }), says: 'ResultPath' },
    { what: 'a field of another state', definition: only({ ...END, Seconds: 5 }), says: 'Seconds' },
    {
      what: 'a field of the machine',
      definition: machine({ End: END }, { ProcessorConfig: {} }),
      says: 'ProcessorConfig',
    },
    {
      what: 'a field of a rule',
      definition: only({ Type: 'Choice', Choices: [{ Variable: '$.x', Condition: true, Next: 'End' }] }),
      says: 'Variable',
    },
    {
      what: 'JSONPath',
      definition: machine({ End: END }, { QueryLanguage: 'JSONPath' }),
      says: 'QueryLanguage',
    },
    {
      what: 'no query language',
      definition: machine({ End: END }, { QueryLanguage: undefined }),
      says: 'QueryLanguage',
    },
    {
      what: 'a state in JSONPath',
      definition: only({ ...END, QueryLanguage: 'JSONPath' }),
      says: 'QueryLanguage',
    },
    {
      what: 'another integration',
      definition: only({ ...task({ End: true }), Resource: 'arn:aws:states:::dynamodb:putItem' }),
      says: 'Resource',
    },
    {
      what: 'a function’s own ARN',
      definition: only({
        ...task({ End: true }),
        Resource: 'arn:aws:lambda:us-east-1:000000000000:function:Work',
      }),
      says: 'Resource',
    },
    {
      what: 'another argument',
      definition: only({
        ...task({ End: true }),
        Arguments: { FunctionName: 'Work', InvocationType: 'Event' },
      }),
      says: 'InvocationType',
    },
    {
      what: 'a Next to nowhere',
      definition: only({ Type: 'Pass', Next: 'Nowhere' }),
      says: 'there is no state "Nowhere"',
    },
    {
      what: 'a Default to nowhere',
      definition: only({ Type: 'Choice', Choices: [{ Condition: true, Next: 'End' }], Default: 'Nowhere' }),
      says: 'there is no state "Nowhere"',
    },
    {
      what: 'a rule to nowhere',
      definition: only({ Type: 'Choice', Choices: [{ Condition: true, Next: 'Nowhere' }] }),
      says: 'there is no state "Nowhere"',
    },
    {
      what: 'a catcher to nowhere',
      definition: only(task({ End: true, Catch: [{ ErrorEquals: ['X'], Next: 'Nowhere' }] })),
      says: 'there is no state "Nowhere"',
    },
    {
      what: 'a StartAt to nowhere',
      definition: machine({ End: END }, { StartAt: 'Nowhere' }),
      says: 'there is no state "Nowhere"',
    },
    { what: 'Next and End', definition: only({ ...END, Next: 'End' }), says: 'exactly one of Next and End' },
    { what: 'neither Next nor End', definition: only({ Type: 'Pass' }), says: 'exactly one of Next and End' },
    {
      what: 'Seconds and Timestamp',
      definition: only({ Type: 'Wait', Seconds: 1, Timestamp: '2026-11-23T09:00:00Z', End: true }),
      says: 'exactly one of Seconds and Timestamp',
    },
    {
      what: 'a time without zone',
      definition: only({ Type: 'Wait', Timestamp: '2026-11-23T09:00:00', End: true }),
      says: 'Timestamp',
    },
    {
      what: 'an expression that does not parse',
      definition: only({ ...END, Output: { a: ['{% ( %}'] } }),
      says: 'state "Only"/Output/a/0: the JSONata expression does not parse',
    },
    {
      what: 'an expression left open',
      definition: only({ ...END, Output: '{% 1' }),
      says: 'is not within {% and %}',
    },
    {
      what: 'an expression never opened',
      definition: only({ ...END, Output: '1 %}' }),
      says: 'is not within {% and %}',
    },
    {
      what: 'a condition that is a literal',
      definition: only({ Type: 'Choice', Choices: [{ Condition: 'yes', Next: 'End' }] }),
      says: 'Choices/0/Condition',
    },
    {
      what: 'seconds that are a literal text',
      definition: only({ Type: 'Wait', Seconds: '5', End: true }),
      says: 'Seconds',
    },
    { what: 'a variable named states', definition: only({ ...END, Assign: { states: 1 } }), says: 'Assign' },
    { what: 'a variable with a sigil', definition: only({ ...END, Assign: { $a: 1 } }), says: 'Assign' },
    {
      what: 'States.ALL before another',
      definition: catching(['States.ALL'], ['X']),
      says: 'States.ALL stands alone and last',
    },
    {
      what: 'States.ALL beside another',
      definition: catching(['X', 'States.ALL']),
      says: 'States.ALL stands alone and last',
    },
    {
      what: 'States.HeartbeatTimeout',
      definition: catching(['States.HeartbeatTimeout']),
      says: 'a missed heartbeat is States.Timeout',
    },
    { what: 'text that is no JSON', definition: '{', says: 'the definition is not JSON' },
  ])('with $what is refused by name', ({ definition, says }) => {
    expect(() => boot(definition)).toThrow(says);
    expect(() => boot(definition)).toThrow(
      expect.objectContaining({
        name: 'BootError',
        message: expect.stringContaining('Test/Machine') as string,
      }) as Error,
    );
  });

  it('that is EXPRESS is refused', () => {
    expect(() => boot(machine({ End: END }), { properties: { StateMachineType: 'EXPRESS' } })).toThrow(
      'StateMachineType',
    );
  });

  it('with a property that would be ignored is refused', () => {
    expect(() => boot(machine({ End: END }), { properties: { EncryptionConfiguration: {} } })).toThrow(
      'EncryptionConfiguration',
    );
  });

  it('whose role Step Functions cannot assume is refused', () => {
    const refused = 'Test/Machine: Step Functions cannot assume the role arn:aws:iam::000000000000:role/';
    expect(() => boot(machine({ End: END }), { trusts: 'lambda.amazonaws.com' })).toThrow(
      `${refused}Machine`,
    );
    const RoleArn = 'arn:aws:iam::000000000000:role/Nobody';
    expect(() => boot(machine({ End: END }), { properties: { RoleArn } })).toThrow(`${refused}Nobody`);
  });
});
