import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** One figure for CloudWatch. Dimensions are stage, unit, workflow and decision only: ids would cost five figures. */
export type Figure = {
  readonly name: string;
  readonly unit: 'Count' | 'Seconds' | 'Minutes' | 'Usd';
  readonly value: number;
  readonly dimensions: Readonly<Partial<Record<'unit' | 'workflow' | 'decision', string>>>;
};

export type RecordFigures = (figures: readonly Figure[]) => void;

const UNITS = {
  Count: MetricUnit.Count,
  Seconds: MetricUnit.Seconds,
  Minutes: MetricUnit.NoUnit,
  Usd: MetricUnit.NoUnit,
} as const;

/** Writes figures as EMF lines through Powertools, one line per figure's set of dimensions. */
export function createFigures(stage: string): RecordFigures {
  const metrics = new Metrics({ namespace: 'AutonomyOS' });
  return (figures) => {
    for (const { name, unit, value, dimensions } of figures) {
      const single = metrics.singleMetric();
      single.clearDefaultDimensions();
      single.addDimensions({ stage, ...dimensions });
      single.addMetric(name, UNITS[unit], value);
    }
  };
}
