import { join } from 'node:path';
import { openPrivateDatabase } from '../private-database.ts';
import { canonicalDimensions, type Datapoint, type MetricKey, type Point } from './metric.ts';
import { percentile, type Statistic } from './statistic.ts';

/** From `from` on, in periods of `periodMs` counted from there, up to but without `until`. */
export type Periods = { readonly from: number; readonly until: number; readonly periodMs: number };

export type DatapointStore = ReturnType<typeof openDatapointStore>;

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS metric (
    id INTEGER PRIMARY KEY, namespace TEXT, name TEXT, dimensions TEXT, unit TEXT,
    UNIQUE (namespace, name, dimensions)
  );
  CREATE TABLE IF NOT EXISTS datapoint (metric INTEGER, at INTEGER, value REAL);
  CREATE INDEX IF NOT EXISTS datapoint_metric ON datapoint (metric, at, value);
`;

const IN_RANGE = 'metric = :metric AND at >= :from AND at < :until';
const PERIOD = 'CAST((at - :from) / :periodMs AS INTEGER)';

/** Datapoints on disk, one row each: an insert takes some 15 µs and survives the end of this process. */
export function openDatapointStore(directory: string) {
  const db = openPrivateDatabase(join(directory, 'cloudwatch.db'));
  db.exec(SCHEMA);
  const name = db.prepare('INSERT INTO metric VALUES (NULL, ?, ?, ?, ?) RETURNING id, unit');
  const known = db.prepare('SELECT id, unit FROM metric WHERE namespace = ? AND name = ? AND dimensions = ?');
  const alike = db.prepare(
    'SELECT dimensions FROM metric WHERE namespace = ? AND name = ? ORDER BY dimensions',
  );
  const insert = db.prepare('INSERT INTO datapoint VALUES (?, ?, ?)');
  const span = db.prepare('SELECT min(at) AS first, max(at) AS last FROM datapoint WHERE metric = ?');
  const sorted = db.prepare(
    `SELECT ${PERIOD} AS period, value FROM datapoint WHERE ${IN_RANGE} ORDER BY period, value`,
  );

  const find = (key: MetricKey) =>
    known.get(key.namespace, key.name, canonicalDimensions(key)) as Named | undefined;
  const create = (point: Datapoint) =>
    name.get(point.namespace, point.name, canonicalDimensions(point), point.unit) as Named;
  const aggregate = (expression: string, parameters: Record<string, number>) =>
    db
      .prepare(
        `SELECT ${PERIOD} AS period, ${expression} AS value FROM datapoint WHERE ${IN_RANGE} GROUP BY period ORDER BY period`,
      )
      .all(parameters) as PeriodValue[];

  return {
    add: (point: Datapoint): void => {
      const { id } = find(point) ?? create(point);
      insert.run(id, point.at, point.value);
    },
    /** The dimensions of every metric of one name, in their order. */
    dimensionsOf: (namespace: string, name: string): Record<string, string>[] =>
      (alike.all(namespace, name) as { dimensions: string }[]).map(({ dimensions }) =>
        Object.fromEntries(JSON.parse(dimensions) as [string, string][]),
      ),
    unitOf: (key: MetricKey): string | undefined => find(key)?.unit,
    spanOf: (key: MetricKey): { first: number; last: number } | undefined => {
      const metric = find(key);
      const found = metric && (span.get(metric.id) as { first: number | null; last: number });
      return found?.first == null ? undefined : { first: found.first, last: found.last };
    },
    points: (key: MetricKey, statistic: Statistic, { from, until, periodMs }: Periods): readonly Point[] => {
      const metric = find(key)?.id;
      if (metric === undefined) return [];
      const parameters = { metric, from, until, periodMs };
      const found =
        statistic.kind === 'aggregate'
          ? aggregate(statistic.expression, parameters)
          : percentiles(sorted.all(parameters) as PeriodValue[], statistic.percent);
      return found.map(({ period, value }) => ({ at: from + period * periodMs, value }));
    },
    close: () => db.close(),
  };
}

type Named = { readonly id: number; readonly unit: string };
type PeriodValue = { readonly period: number; readonly value: number };

function percentiles(sorted: readonly PeriodValue[], percent: number): PeriodValue[] {
  const periods = Map.groupBy(sorted, ({ period }) => period);
  return [...periods].map(([period, values]) => ({
    period,
    value: percentile(
      values.map(({ value }) => value),
      percent,
    ),
  }));
}
