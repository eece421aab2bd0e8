import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { routes } from '../../lib/http-api.ts';
import { textOf } from './statements.ts';
import { synthesized } from './synthesis.ts';

const stageProperties = z.object({
  AccessLogSettings: z.object({ Format: z.string() }),
  DefaultRouteSettings: z.object({ ThrottlingRateLimit: z.number(), ThrottlingBurstLimit: z.number() }),
});
const routeProperties = z.object({
  RouteKey: z.string(),
  AuthorizationType: z.string(),
  Target: z.unknown().transform(textOf),
});

describe.each([
  ['dev', 200, 400],
  ['prod', 500, 1000],
] as const)('the API of %s', (stage, rate, burst) => {
  const app = synthesized(stage);
  const [apiStage] = app.ofType('AWS::ApiGatewayV2::Stage');
  const { AccessLogSettings, DefaultRouteSettings } = stageProperties.parse(apiStage?.Properties);
  const deployed = app
    .ofType('AWS::ApiGatewayV2::Route')
    .map(({ Properties }) => routeProperties.parse(Properties));

  it('is throttled', () => {
    expect(DefaultRouteSettings).toEqual({ ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst });
  });

  it('writes an access log of JSON lines', () => {
    const line = AccessLogSettings.Format.replace(/\$context\.[\w.]+/g, 'value');
    expect(JSON.parse(line)).toHaveProperty('requestId');
    expect(AccessLogSettings.Format).not.toContain('messageString');
  });

  it('never logs a path, an address or a header: an approval link is a secret', () => {
    const logged = [...AccessLogSettings.Format.matchAll(/\$context\.([\w.]+)/g)].map(([, name]) => name);
    expect(logged.toSorted()).toEqual([
      'error.message',
      'requestId',
      'requestTimeEpoch',
      'responseLatency',
      'responseLength',
      'routeKey',
      'status',
    ]);
  });

  it('has the routes it tells of and no other, none of them a catch-all', () => {
    const keys = deployed.map(({ RouteKey }) => RouteKey);
    expect(keys.toSorted()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).toSorted());
    expect(keys.filter((key) => key.includes('$default') || key.includes('+}'))).toEqual([]);
  });

  it.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
    'asks the caller for what the route says: %s',
    (key, { caller, answers }) => {
      const route = deployed.find(({ RouteKey }) => RouteKey === key);
      expect(route?.AuthorizationType).toBe(caller === 'iam' ? 'AWS_IAM' : 'NONE');
      const id = /^integrations\/<(\w+)>$/.exec(route?.Target ?? '')?.[1];
      const integration = app.ofType('AWS::ApiGatewayV2::Integration').find((each) => each.id === id);
      const fn = textOf(integration?.Properties['IntegrationUri']);
      const [handler] = app.ofType('AWS::Lambda::Function').filter((each) => fn === `<${each.id}.Arn>`);
      expect(handler?.Properties).toHaveProperty('Environment.Variables.POWERTOOLS_SERVICE_NAME', answers);
    },
  );

  it('leaves administration to IAM: runs, governance, audit', () => {
    const open = routes.filter(({ caller }) => caller === 'self').map(({ path }) => path);
    expect(open.filter((path) => /^\/v1\/(runs|governance|audit)/.test(path))).toEqual([]);
  });
});

const machineProperties = z.object({
  StateMachineType: z.string(),
  TracingConfiguration: z.object({ Enabled: z.boolean() }),
  LoggingConfiguration: z.object({
    IncludeExecutionData: z.boolean(),
    Level: z.string(),
    Destinations: z.array(z.unknown()).length(1),
  }),
  DefinitionString: z.unknown().transform(textOf),
});

describe.each(['dev', 'prod'] as const)('every state machine of %s', (stage) => {
  const app = synthesized(stage);
  const machines = app
    .ofType('AWS::StepFunctions::StateMachine')
    .map(({ Properties }) => machineProperties.parse(Properties));

  it('logs every step and no data: a task token is a credential', () => {
    expect(machines).toHaveLength(2);
    for (const { LoggingConfiguration } of machines)
      expect(LoggingConfiguration).toMatchObject({ IncludeExecutionData: false, Level: 'ALL' });
  });

  it('is durable and traced', () => {
    for (const { StateMachineType, TracingConfiguration } of machines)
      expect([StateMachineType, TracingConfiguration.Enabled]).toEqual(['STANDARD', true]);
  });

  it('holds a definition with every placeholder filled', () => {
    for (const { DefinitionString } of machines) {
      expect(JSON.parse(DefinitionString)).toHaveProperty('QueryLanguage', 'JSONata');
      expect(DefinitionString).not.toContain('${');
    }
  });
});

describe.each(['dev', 'prod'] as const)('the relay of %s', (stage) => {
  const app = synthesized(stage);
  const mappings = app.ofType('AWS::Lambda::EventSourceMapping');
  const queues = app.ofType('AWS::SQS::Queue');

  it('reads the audit stream from its beginning and parks what keeps failing', () => {
    expect(mappings.map(({ Properties }) => Properties)).toEqual([
      expect.objectContaining({
        EventSourceArn: { 'Fn::ImportValue': expect.stringMatching(/Audit\w+StreamArn/) as string },
        FunctionName: { Ref: expect.stringMatching(/^RelayFunction/) as string },
        StartingPosition: 'TRIM_HORIZON',
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: 5,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [queues[0]?.id, 'Arn'] } } },
      }),
    ]);
  });

  it('keeps a parked record as long as SQS can', () => {
    expect(queues).toHaveLength(1);
    expect(queues[0]?.Properties).toMatchObject({
      MessageRetentionPeriod: 14 * 86_400,
      SqsManagedSseEnabled: true,
    });
  });

  it('is followed by the sweep every five minutes', () => {
    expect(scheduled('rate(5 minutes)')).toContainEqual(expect.stringMatching(/^<ReconcileFunction/));
  });

  it('leaves certifications to their own schedule, once a day', () => {
    expect(scheduled('rate(1 day)')).toEqual([expect.stringMatching(/^<WatchCertificationsFunction/)]);
  });

  /** The functions an enabled rule of this schedule calls. */
  function scheduled(expression: string): string[] {
    const rules = app
      .ofType('AWS::Events::Rule')
      .filter(
        ({ Properties }) =>
          Properties['ScheduleExpression'] === expression && Properties['State'] === 'ENABLED',
      );
    return rules.flatMap(({ Properties }) =>
      (Properties['Targets'] as { Arn: unknown }[]).map(({ Arn }) => textOf(Arn)),
    );
  }
});

describe('the sender of approval mails', () => {
  const identities = (app: ReturnType<typeof synthesized>) =>
    app.ofType('AWS::SES::EmailIdentity').map(({ Properties }) => Properties['EmailIdentity']);

  it('becomes known to SES, and the deployer is warned while nobody owns it', () => {
    const app = synthesized('dev');
    expect(identities(app)).toEqual(['approvals@example.com']);
    expect(app.warningsOf('Control')).toEqual([
      expect.stringContaining('come from approvals@example.com, which nobody owns: set mailFrom'),
    ]);
  });

  it('is left to SES when SES knows it already', () => {
    const app = synthesized('dev', { mailFrom: 'approvals@acme.example', mailIdentity: 'exists' });
    expect(identities(app)).toEqual([]);
    expect(app.warningsOf('Control')).toEqual([]);
  });
});
