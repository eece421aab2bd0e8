import { describe, expect, it } from 'vitest';
import type { Resource } from '../../../local/service.ts';
import { resolveTemplate } from '../../../local/template/resolve-template.ts';
import { templateSchema } from '../../../local/template/template.ts';

type Source = Readonly<Record<string, unknown>>;

/** The resources of stacks that are given by name as templates. */
function resolved(templates: Readonly<Record<string, Source>>): readonly Resource[] {
  const stacks = Object.entries(templates).map(([name, template]) => ({
    name,
    template: templateSchema.parse(template),
  }));
  return resolveTemplate({ stacks, assets: new Map() }, 8787);
}

const PARAMETERS = {
  Stage: { Type: 'String', Default: 'dev' },
  Count: { Type: 'Number', Default: 3 },
  Zones: { Type: 'CommaDelimitedList', Default: 'a, b,c' },
};
const CONDITIONS = {
  IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
  IsProd: { 'Fn::Not': [{ Condition: 'IsDev' }] },
  Both: { 'Fn::And': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
  Either: { 'Fn::Or': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
};

/** One property of a queue, in a stack with a bus and a parameter beside it. */
function valueOf(Value: unknown): unknown {
  const Bus = { Type: 'AWS::Events::EventBus', Properties: { Name: 'ours' } };
  const Queue = { Type: 'AWS::SQS::Queue', Properties: { Value } };
  const Resources = { Bus, Queue };
  const [, queue] = resolved({ Test: { Parameters: PARAMETERS, Conditions: CONDITIONS, Resources } });
  return queue?.properties['Value'];
}

const busArn = 'arn:aws:events:us-east-1:000000000000:event-bus/ours';

describe('an intrinsic', () => {
  it.each<[string, unknown, unknown]>([
    ['Ref to a parameter', { Ref: 'Stage' }, 'dev'],
    ['Ref to a number', { Ref: 'Count' }, 3],
    ['Ref to a list', { Ref: 'Zones' }, ['a', 'b', 'c']],
    ['Ref to a resource', { Ref: 'Bus' }, 'ours'],
    ['Ref to the region', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['Ref to the account', { Ref: 'AWS::AccountId' }, '000000000000'],
    ['Ref to the stack', { Ref: 'AWS::StackName' }, 'Test'],
    ['GetAtt', { 'Fn::GetAtt': ['Bus', 'Arn'] }, busArn],
    ['GetAtt as text', { 'Fn::GetAtt': 'Bus.Arn' }, busArn],
    ['Sub', { 'Fn::Sub': '${Stage}-${Bus}-${Bus.Arn}-${AWS::Partition}' }, `dev-ours-${busArn}-aws`],
    ['Sub with values', { 'Fn::Sub': ['${a}/${Stage}', { a: { Ref: 'Bus' } }] }, 'ours/dev'],
    ['Sub with a literal', { 'Fn::Sub': '${!Stage} ${Count}' }, '${Stage} 3'],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 1]] }, 'a-dev-1'],
    ['Join of a split', { 'Fn::Join': ['/', { 'Fn::Split': [':', 'a:b'] }] }, 'a/b'],
    ['Split', { 'Fn::Split': [':', 'a:b:c'] }, ['a', 'b', 'c']],
    ['Select', { 'Fn::Select': ['1', { 'Fn::Split': [':', { 'Fn::GetAtt': ['Bus', 'Arn'] }] }] }, 'aws'],
    ['If, held', { 'Fn::If': ['IsDev', 'yes', 'no'] }, 'yes'],
    ['If, not held', { 'Fn::If': ['IsProd', 'yes', { Ref: 'Stage' }] }, 'dev'],
    ['And', { 'Fn::If': ['Both', 1, 2] }, 2],
    ['Or', { 'Fn::If': ['Either', 1, 2] }, 1],
    ['NoValue in an object', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
    ['NoValue in a list', [1, { 'Fn::If': ['IsProd', 2, { Ref: 'AWS::NoValue' }] }, 3], [1, 3]],
    ['NoValue as the property', { Ref: 'AWS::NoValue' }, undefined],
    ['no intrinsic', { Refer: 'Stage', 'Fn::': 1 }, { Refer: 'Stage', 'Fn::': 1 }],
  ])('%s', (_, value, expected) => {
    expect(valueOf(value)).toEqual(expected);
  });

  it.each<[string, unknown, string]>([
    ['an unknown function', { 'Fn::Base64': 'x' }, 'Fn::Base64 is not run on the laptop'],
    ['an unknown name', { Ref: 'Nobody' }, 'there is no resource or parameter Nobody'],
    ['an unknown name in Sub', { 'Fn::Sub': '${Nobody}' }, 'there is no resource or parameter Nobody'],
    ['an unknown attribute', { 'Fn::GetAtt': ['Bus', 'Policy'] }, 'the attribute Policy is not known'],
    ['an unknown condition', { 'Fn::If': ['Never', 1, 2] }, 'there is no condition Never'],
    ['an unknown export', { 'Fn::ImportValue': 'Nothing' }, 'no stack exports Nothing'],
    ['a place beyond the list', { 'Fn::Select': [3, ['a']] }, 'Fn::Select finds nothing at 3'],
    ['a join of no list', { 'Fn::Join': ['-', 'a'] }, 'expected a list'],
    ['a join of an object', { 'Fn::Join': ['-', [{ a: 1 }]] }, 'expected text'],
  ])('that cannot be resolved is refused by name: %s', (_, value, named) => {
    expect(() => valueOf(value)).toThrow(expect.objectContaining({ name: 'BootError' }) as Error);
    expect(() => valueOf(value)).toThrow(named);
  });
});

describe('a template', () => {
  const bus = (Name: unknown, more = {}) => ({
    Type: 'AWS::Events::EventBus',
    Properties: { Name },
    ...more,
  });
  const exporting = (Value: unknown, more = {}) => ({ Out: { Value, Export: { Name: 'out' }, ...more } });

  it.each([
    ['before', ['Exporting', 'Importing']],
    ['after', ['Importing', 'Exporting']],
  ])('imports what another stack exports, %s it', (_, order) => {
    const templates: Record<string, Source> = {
      Exporting: {
        Resources: { Bus: bus('theirs') },
        Outputs: {
          Out: {
            Value: { 'Fn::GetAtt': ['Bus', 'Arn'] },
            Export: { Name: { 'Fn::Sub': '${AWS::StackName}:out' } },
          },
        },
      },
      Importing: { Resources: { Bus: bus({ 'Fn::ImportValue': 'Exporting:out' }) } },
    };
    const found = resolved(Object.fromEntries(order.map((name) => [name, templates[name] ?? {}])));
    const importing = found.find(({ stack }) => stack === 'Importing');
    expect(importing?.ref).toBe('arn:aws:events:us-east-1:000000000000:event-bus/theirs');
  });

  it('exports nothing whose condition fails', () => {
    const Conditions = { Never: { 'Fn::Equals': ['a', 'b'] } };
    const Outputs = exporting('value', { Condition: 'Never' });
    const Resources = { Bus: bus({ 'Fn::ImportValue': 'out' }) };
    expect(() => resolved({ A: { Conditions, Outputs }, B: { Resources } })).toThrow('no stack exports out');
  });

  it('has no resource whose condition fails, and none that only describes the deployment', () => {
    const found = resolved({
      Test: {
        Conditions: CONDITIONS,
        Parameters: PARAMETERS,
        Resources: {
          Here: bus('here', { Condition: 'IsDev' }),
          Gone: bus('gone', { Condition: 'IsProd' }),
          Metadata: { Type: 'AWS::CDK::Metadata', Properties: {} },
        },
      },
    });
    expect(found.map(({ ref }) => ref)).toEqual(['here']);
  });

  it('gives the same names at every boot, and others in another stack', () => {
    const Resources = { Table: { Type: 'AWS::DynamoDB::Table' }, Key: { Type: 'AWS::KMS::Key' } };
    const refs = (name: string) => resolved({ [name]: { Resources } }).map(({ ref }) => ref);
    expect(refs('A')).toEqual(refs('A'));
    expect(refs('A')).not.toEqual(refs('B'));
    expect(refs('A')[0]).toBe('A-Table');
  });

  it.each<[string, Source, string]>([
    [
      'a parameter without a default',
      { Parameters: { P: { Type: 'String' } }, Resources: { Bus: bus({ Ref: 'P' }) } },
      'give the parameter P a default',
    ],
    [
      'a parameter out of SSM',
      {
        Parameters: { P: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/a' } },
        Resources: { Bus: bus({ Ref: 'P' }) },
      },
      'give the parameter P a default',
    ],
    [
      'an unknown type',
      { Resources: { X: { Type: 'AWS::EC2::Instance' } } },
      'AWS::EC2::Instance is not run',
    ],
    [
      'a name that refers to itself',
      { Resources: { Bus: bus({ Ref: 'Bus' }) } },
      'its name refers to itself',
    ],
    [
      'an unknown condition function',
      { Conditions: { C: { 'Fn::Contains': [] } }, Resources: { Bus: bus('a', { Condition: 'C' }) } },
      'Fn::Contains is not run',
    ],
  ])('with %s is refused by name', (_, template, named) => {
    expect(() => resolved({ Test: template })).toThrow(
      expect.objectContaining({ name: 'BootError' }) as Error,
    );
    expect(() => resolved({ Test: template })).toThrow(named);
  });
});
