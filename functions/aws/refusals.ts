import type { FunctionName } from './env.ts';
import type { RecordFigures } from './metrics.ts';
import type { Registry } from './registry.ts';

/**
 * Counts refusals of callers we don't know: each in a metric, and at most one event a minute per function in the
 * log, so that nobody can fill our ledger.
 */
export function createRefusalCounter(options: {
  readonly registry: Pick<Registry, 'commit'>;
  readonly figures: RecordFigures;
  readonly functionName: FunctionName;
  readonly now: () => Date;
}): () => Promise<void> {
  let recorded = '';
  return async () => {
    options.figures([{ name: 'RequestsRefused', unit: 'Count', value: 1, dimensions: {} }]);
    const at = options.now().toISOString();
    const minute = at.slice(0, 16);
    if (minute === recorded) return;
    recorded = minute;
    await options.registry.commit({
      writes: [],
      events: [
        {
          v: 1,
          subject: `REFUSALS#${options.functionName}#${minute}`,
          version: 1,
          type: 'refusals.counted',
          at,
          actor: { kind: 'system', id: options.functionName },
          data: { minute, note: 'callers without valid credentials; how many is the metric RequestsRefused' },
        },
      ],
      result: undefined,
    });
  };
}
