import { createHash } from 'node:crypto';
import { Stack } from 'aws-cdk-lib';
import { Code, Function as Fn, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ControlStack } from '../../../lib/control-stack.ts';
import { operationsDashboard, roiDashboard } from '../../../lib/dashboards.ts';
import type { Resource } from '../../../local/service.ts';
import { readAssembly } from '../../../local/template/assembly.ts';
import { resolveTemplate } from '../../../local/template/resolve-template.ts';
import { App, temporaryDirectory } from '../fixtures/start-cloud.ts';
import { count, HOSTILE, NOW, openConsole, resource, type TestConsole } from './open-console.ts';

let resources: readonly Resource[];
let test: TestConsole;
afterEach(() => test.close());

const unit = { stage: 'dev', unit: 'operations' };
const scope = { ...unit, workflow: 'procurement' };

/** The product's own dashboards, over three resources that stand for all that it has. */
beforeAll(() => {
  const { path, clean } = temporaryDirectory();
  const app = new App({ outdir: path, analyticsReporting: false });
  const stack = new Stack(app, 'Test');
  const machine = new StateMachine(stack, 'ApprovalMachine', {
    definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Done')),
  });
  const code = Code.fromInline('exports.handler = () => 1');
  const door = new Fn(stack, 'Door', { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code });
  const parked = new Queue(stack, 'Parked');
  const control = { machines: { approval: { machine } }, functions: { door }, relay: { parked } };
  operationsDashboard(stack, 'Operations', 'dev', control as unknown as ControlStack);
  roiDashboard(stack, 'ROI', 'dev');
  resources = resolveTemplate(readAssembly(app.synth().directory), 4566);
  clean();
});

function emit(
  name: string,
  value: number,
  options: { at?: number; dimensions?: Record<string, string> } = {},
) {
  const { at = NOW - 30_000, dimensions = scope } = options;
  const directive = {
    Namespace: 'AutonomyOS',
    Dimensions: [Object.keys(dimensions)],
    Metrics: [{ Name: name, Unit: 'None' }],
  };
  const _aws = { Timestamp: at, CloudWatchMetrics: [directive] };
  test.metrics.record(JSON.stringify({ _aws, ...dimensions, [name]: value }));
}

/** The section of a page that stands under this heading. */
function widget(page: string, title: string): string {
  const found = page.split('<section').find((section) => section.includes(`<h2>${title}</h2>`));
  if (found === undefined) throw new Error(`there is no widget ${title}`);
  return found.replaceAll(/\s+/g, ' ');
}

const OPERATIONS = [
  'What agents asked for',
  'What became of it',
  'What people decided',
  'Work of agents',
  'Workflows started',
  'Workflows failed',
  'Function errors',
  'Function duration',
  'Parked by the relay',
];
const ROI = [
  'Net value (USD)',
  'Minutes saved',
  'Cost of people (USD)',
  'Requests finished',
  'Cycle time (seconds)',
  'Of it waiting for people (seconds)',
  'Net value over time (USD)',
  'How these figures are made',
];

describe('the product’s dashboards', () => {
  it.each([
    ['operations', OPERATIONS],
    ['roi', ROI],
  ])('show every widget of %s before anything has happened', async (slug, titles) => {
    test = openConsole({ resources });
    const page = await test.page(`/_local/dashboards/${slug}`);
    expect([...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, title]) => title)).toEqual(titles);
    expect(page).not.toMatch(/<svg|NaN|Infinity|undefined/);
  });

  it('draw every chart of operations once there is something to draw', async () => {
    test = openConsole({ resources });
    for (const name of ['ActionsAllowed', 'ActionsSucceeded', 'ApprovalsApproved', 'TasksCompleted']) {
      emit(name, 1, { dimensions: unit });
    }
    const of = (type: string) => resources.find((each) => each.type === type);
    const machine = of('AWS::StepFunctions::StateMachine')?.arn ?? '';
    test.metrics.recordExecution(machine, 'started');
    test.metrics.recordExecution(machine, 'failed');
    test.metrics.recordInvocation(of('AWS::Lambda::Function')?.ref ?? '', { ok: false, durationMs: 12 });
    test.metrics.recordDepth({ queue: of('AWS::SQS::Queue')?.arn.split(':').at(-1) ?? '', visible: 3 });
    const page = await test.page('/_local/dashboards/operations');
    expect(count(page, 'class="plot"')).toBe(OPERATIONS.length);
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
    expect(widget(page, 'Function duration')).toContain('milliseconds');
    expect(widget(page, 'Workflows failed')).toMatch(/Executions failed<\/th> <td class="num">1</);
  });

  it('add up the whole range in big numbers, whatever the period of the charts', async () => {
    test = openConsole({ resources });
    emit('NetValueUsd', 1000.25, { at: NOW - 20 * 60_000 });
    emit('NetValueUsd', 234.25);
    emit('NetValueUsd', -0.5);
    const page = await test.page('/_local/dashboards/roi');
    expect(widget(page, 'Net value (USD)')).toContain('<p class="big">1,234</p>');
    expect(widget(page, 'Minutes saved')).toContain('minutes saved: nothing recorded');
    const recent = await test.page('/_local/dashboards/roi?range=10m');
    expect(widget(recent, 'Net value (USD)')).toContain('<p class="big">233.75</p>');
  });

  it('add up all units in big numbers, and draw a line for each of them', async () => {
    test = openConsole({ resources });
    for (const value of [5, 6]) emit('NetValueUsd', value);
    emit('NetValueUsd', 100, { dimensions: { ...scope, unit: 'finance' } });
    const page = await test.page('/_local/dashboards/roi');
    expect(widget(page, 'Net value (USD)')).toContain('<p class="big">111</p>');
    const lines = widget(page, 'Net value over time (USD)');
    expect(lines).toMatch(/net value operations procurement<\/th> <td class="num">11<\/td>/);
    expect(lines).toMatch(/net value finance procurement<\/th> <td class="num">100<\/td>/);
    expect(lines).toMatch(/cost<\/th> <td class="num">–<\/td>/);
  });

  it('show each statistic under its label', async () => {
    test = openConsole({ resources });
    for (let seconds = 0; seconds <= 100; seconds += 1) emit('CycleTimeSeconds', seconds);
    const cycle = widget(await test.page('/_local/dashboards/roi'), 'Cycle time (seconds)');
    expect(cycle).toMatch(/median operations procurement<\/th> <td class="num">50<\/td>/);
    expect(cycle).toMatch(/p95 operations procurement<\/th> <td class="num">95<\/td>/);
  });

  it('show a metric only under exactly its dimensions', async () => {
    test = openConsole({ resources });
    emit('NetValueUsd', 7, { dimensions: { ...scope, region: 'eu' } });
    emit('NetValueUsd', 7, { dimensions: { ...scope, service: 'door' } });
    emit('NetValueUsd', 7, { dimensions: { ...scope, stage: 'prod' } });
    emit('NetValueUsd', 7, { dimensions: unit });
    expect(await test.page('/_local/dashboards/roi')).not.toMatch(/>7</);
  });

  it('draw a sum of nothing as zero, and no point where there is no average', async () => {
    test = openConsole({ resources });
    for (const at of [NOW - 60_000, NOW - 40_000]) {
      emit('NetValueUsd', 1, { at });
      emit('HeldSeconds', 1, { at });
    }
    const page = await test.page('/_local/dashboards/roi');
    const pointsOf = (title: string) =>
      count(/class="c0" d="(M[^"]*L[^"]*)"/.exec(widget(page, title))?.[1] ?? '', /[ML]/);
    expect(pointsOf('Net value over time (USD)')).toBe(12);
    expect(pointsOf('Of it waiting for people (seconds)')).toBe(2);
  });

  it('are found by the name that AWS knows them by as well', async () => {
    test = openConsole({ resources });
    const roi = resources.find(({ ref }) => ref.startsWith('Test-ROI'));
    expect(await test.page(`/_local/dashboards/${roi?.ref}`)).toContain('Net value (USD)');
  });
});

const dashboard = (...widgets: object[]) =>
  resource('AWS::CloudWatch::Dashboard', 'Odd00000000', {
    properties: { DashboardBody: JSON.stringify({ widgets }) },
  });
const place = { x: 0, y: 0, width: 6, height: 6 };
const metricWidget = (properties: object) => ({
  type: 'metric',
  ...place,
  properties: { view: 'timeSeries', title: 'Odd', region: 'us-east-1', ...properties },
});

describe('a dashboard', () => {
  it('shows hostile titles, labels and text as text', async () => {
    const metrics = [['Shop', 'Sales', { label: HOSTILE }]];
    const text = { type: 'text', ...place, y: 6, properties: { markdown: `# ${HOSTILE}\n- **${HOSTILE}**` } };
    const widgets = [metricWidget({ title: HOSTILE, metrics }), text];
    test = openConsole({ resources: [dashboard(...widgets)] });
    const before = await test.page('/_local/dashboards/odd');
    const _aws = {
      Timestamp: NOW,
      CloudWatchMetrics: [
        { Namespace: 'Shop', Dimensions: [[]], Metrics: [{ Name: 'Sales', Unit: HOSTILE }] },
      ],
    };
    test.metrics.record(JSON.stringify({ _aws, Sales: 1 }));
    for (const page of [before, await test.page('/_local/dashboards/odd')]) {
      expect(page).not.toMatch(/<script|\u202e/i);
      expect(count(page, '&lt;script&gt;')).toBeGreaterThan(3);
    }
  });

  it('stands on the grid of 24 columns as its body says', async () => {
    const text = (more: object) => ({ type: 'text', ...place, ...more, properties: { markdown: 'x' } });
    test = openConsole({
      resources: [dashboard(text({ x: 0 }), text({ x: 6, width: 18 }), text({ y: 6, width: 24 }))],
    });
    const { body: page, headers } = await test.ask('/_local/dashboards/odd');
    const [, own = ''] = page
      .split('<style>')
      .slice(1)
      .map((style) => style.split('</style>')[0] ?? '');
    const hash = createHash('sha256').update(own).digest('base64');
    expect(headers['content-security-policy']).toContain(hash);
    for (const rule of [
      '#w0{grid-row:1/2;grid-column:1/span 6}',
      '#w1{grid-row:1/2;grid-column:7/span 18}',
      '#w2{grid-row:2/3;grid-column:1/span 24}',
    ]) {
      expect(page).toContain(rule);
    }
  });

  it('folds the long tail of a chart with many lines', async () => {
    const metrics = Array.from({ length: 12 }, (_, index) => ['Shop', 'Sales', 'city', `city-${index}`]);
    test = openConsole({ resources: [dashboard(metricWidget({ metrics }))] });
    metrics.forEach(([, , , city = ''], index) => {
      const CloudWatchMetrics = [{ Namespace: 'Shop', Dimensions: [['city']], Metrics: [{ Name: 'Sales' }] }];
      test.metrics.record(
        JSON.stringify({ _aws: { Timestamp: NOW, CloudWatchMetrics }, city, Sales: index }),
      );
    });
    const [shown = '', folded = ''] = (await test.page('/_local/dashboards/odd')).split('<details>');
    expect(shown).toContain('city-11</th>');
    expect(folded).toContain('<summary>5 more</summary>');
    expect(folded).toContain('city-0</th>');
  });
});
