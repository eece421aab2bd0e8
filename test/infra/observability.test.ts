import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { type AuditEvent, eventTypes } from '../../core/event.ts';
import { createFigures } from '../../functions/aws/metrics.ts';
import { figuresOf } from '../../functions/relay/figures-of.ts';
import { synthesized } from './synthesis.ts';

/** A figure as CloudWatch files it: its name and the names of its dimensions. */
const filed = (name: string, dimensions: readonly string[]) =>
  `${name} by ${dimensions.toSorted().join(', ')}`;

const emfLine = z.object({
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
  stage: z.string(),
});

/** Everything the relay of `dev` can write, as its own code writes it. */
function figuresOfRelay(): readonly z.infer<typeof emfLine>[] {
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'relay');
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((line) => written.push(String(line)) > 0);
  const figures = createFigures('dev');
  for (const name of ['AuditTampered', 'UpstreamsUnreachable'] as const)
    figures([{ name, unit: 'Count', value: 1, dimensions: {} }]);
  figures(eventTypes.map(anEvent).flatMap(figuresOf));
  spy.mockRestore();
  vi.unstubAllEnvs();
  return written
    .join('')
    .trim()
    .split('\n')
    .map((line) => emfLine.parse(JSON.parse(line)));
}

function anEvent(type: AuditEvent['type']): AuditEvent {
  const data = { cycleSeconds: 60, heldSeconds: 5, minutesSaved: 20, costUsd: 1, netValueUsd: 9 };
  const at = '2026-01-01T00:00:00.000Z';
  const actor = { kind: 'system', id: 'test' } as const;
  return {
    v: 1,
    subject: 'RUN#1',
    version: 1,
    type,
    at,
    actor,
    unit: 'operations',
    workflow: 'procurement',
    data,
  };
}

const emitted = figuresOfRelay();
const emittedFigures = new Set(
  emitted.flatMap(({ _aws }) =>
    _aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
      Metrics.map(({ Name }) => filed(Name, Dimensions.flat())),
    ),
  ),
);

const alarmProperties = z.object({
  AlarmDescription: z.string().min(1),
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })),
  Threshold: z.number(),
  Period: z.int().optional(),
  EvaluationPeriods: z.int(),
  TreatMissingData: z.literal('notBreaching'),
  AlarmActions: z.array(z.unknown()).default([]),
});

/** A dashboard's body with what CloudFormation fills in replaced by its JSON. */
function bodyOf(app: ReturnType<typeof synthesized>, name: RegExp) {
  const [dashboard] = app.ofType('AWS::CloudWatch::Dashboard').filter(({ id }) => name.test(id));
  const { DashboardBody } = z
    .object({ DashboardBody: z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }) })
    .parse(dashboard?.Properties);
  const [, parts] = DashboardBody['Fn::Join'];
  const text = parts.map((part) => (typeof part === 'string' ? part : 'reference')).join('');
  return dashboardBody.parse(JSON.parse(text)).widgets;
}

const dashboardBody = z.object({
  widgets: z.array(
    z.object({
      type: z.string(),
      properties: z.object({
        title: z.string().optional(),
        markdown: z.string().optional(),
        metrics: z.array(z.array(z.unknown())).default([]),
      }),
    }),
  ),
});

describe('the figures of the relay', () => {
  it('carry no ids, so that they stay cheap', () => {
    const names = new Set([...emittedFigures].flatMap((figure) => figure.split(' by ')[1]?.split(', ')));
    expect([...names].toSorted()).toEqual(['stage', 'unit', 'workflow']);
    expect(new Set(emitted.map(({ stage }) => stage))).toEqual(new Set(['dev']));
  });
});

describe('the alarms', () => {
  const app = synthesized('dev');
  const alarms = app
    .ofType('AWS::CloudWatch::Alarm')
    .map(({ Properties }) => alarmProperties.parse(Properties));

  it('watch what must wake someone', () => {
    expect(alarms.map(({ Namespace, MetricName, Threshold }) => [Namespace, MetricName, Threshold])).toEqual([
      ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 0],
      ['AutonomyOS', 'AuditTampered', 0],
      ['AWS/Lambda', 'IteratorAge', 60_000],
      ['AWS/Lambda', 'Errors', 0],
      ['AutonomyOS', 'UpstreamsUnreachable', 0],
      ['AWS/ApiGateway', '5xx', 3],
      ['AWS/States', 'ExecutionsFailed', 0],
      ['AWS/States', 'ExecutionsFailed', 0],
    ]);
  });

  it('watch our own figures under the very dimensions they are written with', () => {
    const own = alarms.filter(({ Namespace }) => Namespace === 'AutonomyOS');
    expect(own).toHaveLength(2);
    for (const { MetricName, Dimensions } of own) {
      expect(emittedFigures).toContain(
        filed(
          MetricName,
          Dimensions.map(({ Name }) => Name),
        ),
      );
      expect(Dimensions).toContainEqual({ Name: 'stage', Value: 'dev' });
    }
  });

  it('wait for six looks of an hour each before an upstream counts as lost', () => {
    const lost = alarms.find(({ MetricName }) => MetricName === 'UpstreamsUnreachable');
    expect(lost).toMatchObject({ Period: 3600, EvaluationPeriods: 6 });
    for (const { MetricName, EvaluationPeriods } of alarms)
      if (MetricName !== 'UpstreamsUnreachable') expect(EvaluationPeriods).toBe(1);
  });

  it('tell nobody until somebody is named, and then tell of each', () => {
    expect(alarms.flatMap(({ AlarmActions }) => AlarmActions)).toEqual([]);
    const told = synthesized('prod', { alarmMail: 'on-call@example.org' });
    expect(told.ofType('AWS::SNS::Subscription').map(({ Properties }) => Properties['Endpoint'])).toEqual([
      'on-call@example.org',
    ]);
    for (const { Properties } of told.ofType('AWS::CloudWatch::Alarm'))
      expect(alarmProperties.parse(Properties).AlarmActions).toHaveLength(1);
  });
});

describe.each([/^Operations/, /^ROI/])('the dashboard %s', (name) => {
  const widgets = bodyOf(synthesized('dev'), name);

  it('draws only figures that are written', () => {
    const searches = widgets.flatMap(({ properties }) =>
      [
        ...JSON.stringify(properties.metrics).matchAll(
          /\{AutonomyOS,([\w,]+)\} MetricName=\\+"(\w+)\\+"([^']*)'/g,
        ),
      ].map(([, schema = '', metric = '', terms = '']) => ({
        figure: filed(metric, schema.split(',')),
        terms,
      })),
    );
    expect(searches.length).toBeGreaterThan(8);
    for (const { figure, terms } of searches) {
      expect(emittedFigures).toContain(figure);
      expect(terms.replace(/\\+/g, '')).toBe(' stage="dev"');
    }
  });
});

describe('the ROI dashboard', () => {
  const widgets = bodyOf(synthesized('dev'), /^ROI/);

  it('shows value, minutes, cost and requests', () => {
    expect(widgets.filter(({ type }) => type === 'metric').map(({ properties }) => properties.title)).toEqual(
      [
        'Net value (USD)',
        'Minutes saved',
        'Cost of people (USD)',
        'Requests finished',
        'Cycle time (seconds)',
        'Of it waiting for people (seconds)',
        'Net value over time (USD)',
      ],
    );
  });

  it('has its formulas beside the figures, and says that the baseline is a demonstration', () => {
    const text = widgets.map(({ properties }) => properties.markdown ?? '').join('');
    for (const figure of ['Cycle time', 'Minutes saved', 'Cost', 'Net value'])
      expect(text).toContain(`**${figure}** =`);
    expect(text).toContain('demonstration baseline');
  });
});
