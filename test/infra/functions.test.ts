import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { environments, type FunctionName } from '../../functions/aws/env.ts';
import { textOf } from './statements.ts';
import { type Resource, synthesized } from './synthesis.ts';

const variables = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });
const variablesOf = ({ Properties }: Resource) => variables.parse(Properties).Environment.Variables;
const nameOf = (fn: Resource) => String(variablesOf(fn)['POWERTOOLS_SERVICE_NAME']);

describe.each([
  ['dev', { pilot: true }, 7],
  ['prod', { doorConcurrency: 50 }, 365],
] as const)('every function of %s %j', (stage, overrides, days) => {
  const app = synthesized(stage, overrides);
  const functions = app.ofType('AWS::Lambda::Function');
  const governed = functions.filter(({ id }) => !id.startsWith('Erp'));
  const logGroups = new Map(app.ofType('AWS::Logs::LogGroup').map((each) => [each.id, each]));

  it('is deployed once for each contract', () => {
    expect(governed.map(nameOf).toSorted()).toEqual(Object.keys(environments).toSorted());
  });

  it.each(functions.map((fn) => [fn.id, fn] as const))(
    'runs on Node 24 and arm64, traced: %s',
    (_, { Properties }) => {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
        Handler: 'index.handler',
      });
    },
  );

  it('logs to a group of its own that forgets in time', () => {
    const groups = functions.map(({ Properties }) => {
      const { LogGroup } = z
        .object({ LogGroup: z.object({ Ref: z.string() }) })
        .parse(Properties['LoggingConfig']);
      return LogGroup.Ref;
    });
    expect(new Set(groups).size).toBe(functions.length);
    for (const group of groups) expect(logGroups.get(group)?.Properties['RetentionInDays']).toBe(days);
  });

  it('has a role of its own', () => {
    const roles = functions.map(({ Properties }) => textOf(Properties['Role']));
    expect(new Set(roles).size).toBe(functions.length);
  });

  it.each(governed.map((fn) => [nameOf(fn), fn] as const))(
    'finds exactly what its contract asks for: %s',
    (name, fn) => {
      const contract = environments[name as FunctionName];
      const found = Object.entries(variablesOf(fn)).map(([key, value]) => [key, textOf(value)] as const);
      expect(found.map(([key]) => key).toSorted()).toEqual(Object.keys(contract.shape).toSorted());
      const resolved = Object.fromEntries(found.map(([key, text]) => [key, resolve(text)]));
      expect(contract.safeParse(resolved).error?.issues).toBeUndefined();
    },
  );

  it('keeps concurrency for the door alone, and only when asked', () => {
    const kept = functions.filter(({ Properties }) => 'ReservedConcurrentExecutions' in Properties);
    const doorConcurrency = 'doorConcurrency' in overrides ? overrides.doorConcurrency : undefined;
    expect(kept.map((fn) => [nameOf(fn), fn.Properties['ReservedConcurrentExecutions']])).toEqual(
      doorConcurrency === undefined ? [] : [['actions', doorConcurrency]],
    );
  });

  it('answers within the 30 seconds of the API when the API waits for it', () => {
    const waiting = new Set(
      app
        .ofType('AWS::ApiGatewayV2::Integration')
        .map(({ Properties }) => textOf(Properties['IntegrationUri'])),
    );
    const asked = functions.filter(({ id }) => waiting.has(`<${id}.Arn>`));
    expect(asked).toHaveLength(waiting.size);
    for (const { Properties, id } of asked) expect(Properties['Timeout'], id).toBeLessThan(30);
  });
});

/** The API's address is a reference until it is deployed. */
const resolve = (text: string) => text.replace(/^<DoorApi\w+\.ApiEndpoint>$/, 'https://api.example.com');
