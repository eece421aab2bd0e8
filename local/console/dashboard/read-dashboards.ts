import * as z from 'zod';
import { BootError } from '../../boot-error.ts';
import type { Resource } from '../../service.ts';
import { words } from '../names.ts';
import { drawnMetric, statisticName } from './drawn-metric.ts';

const position = { x: z.int().min(0).max(23), y: z.int().min(0), width: z.int().min(1).max(24) };
const place = { ...position, height: z.int().min(1) };
const axis = z.strictObject({ label: z.string().optional() });
const ignored = { region: z.unknown().optional(), accountId: z.unknown().optional() };

const metricWidget = z.strictObject({
  type: z.literal('metric'),
  ...place,
  properties: z.strictObject({
    view: z.enum(['timeSeries', 'singleValue']),
    title: z.string().default(''),
    metrics: z.array(drawnMetric).min(1),
    stat: statisticName.optional(),
    period: z.int().min(1).optional(),
    yAxis: z.strictObject({ left: axis.optional() }).default({}),
    setPeriodToTimeRange: z.boolean().optional(),
    ...ignored,
  }),
});

const textWidget = z.strictObject({
  type: z.literal('text'),
  ...place,
  properties: z.strictObject({ markdown: z.string(), background: z.unknown().optional() }),
});

const body = z.strictObject({
  widgets: z.array(z.discriminatedUnion('type', [metricWidget, textWidget])),
});

export type MetricWidget = z.infer<typeof metricWidget>;
export type Widget = z.infer<typeof body>['widgets'][number];

/** A dashboard of the template; an address may name it by `slug` or `name`. */
export type Dashboard = {
  readonly name: string;
  readonly slug: string;
  readonly title: string;
  readonly widgets: readonly Widget[];
};

/** Every dashboard of the template; one with something that is not drawn here is a `BootError` that names it. */
export function readDashboards(resources: readonly Resource[]): readonly Dashboard[] {
  const found = resources.filter(({ type }) => type === 'AWS::CloudWatch::Dashboard');
  const slugs = found.map(({ logicalId }) => slugOf(logicalId));
  return found.map((resource) => {
    const slug = slugOf(resource.logicalId);
    const isUnique = slugs.indexOf(slug) === slugs.lastIndexOf(slug);
    return {
      name: resource.ref,
      slug: isUnique ? slug : resource.ref,
      title: words(resource.logicalId),
      widgets: widgetsOf(resource),
    };
  });
}

const slugOf = (logicalId: string): string =>
  words(logicalId)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');

function widgetsOf({ stack, logicalId, properties }: Resource): readonly Widget[] {
  const text = z.string().parse(properties['DashboardBody']);
  const parsed = body.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data.widgets;
  const issue = parsed.error.issues[0];
  const where = issue?.path.join('.') ?? '';
  throw new BootError(`${stack}/${logicalId} at ${where}: not drawn on the laptop: ${issue?.message ?? ''}`);
}
