import type { FunctionName } from './env.ts';
import type { RecordFigures } from './metrics.ts';
import { createOnceAMinute } from './once-a-minute.ts';
import type { Registry } from './registry.ts';

/** Counts refusals of callers we don't know: each in a metric, and one event a minute per function in the log. */
export function createRefusalCounter(options: {
  readonly registry: Pick<Registry, 'commit'>;
  readonly figures: RecordFigures;
  readonly functionName: FunctionName;
  readonly now: () => Date;
}): () => Promise<void> {
  const { figures, functionName } = options;
  const record = createOnceAMinute(options);
  const note = 'callers without valid credentials; how many is the metric RequestsRefused';
  return async () => {
    figures([{ name: 'RequestsRefused', unit: 'Count', value: 1, dimensions: {} }]);
    await record({
      subject: `REFUSALS#${functionName}`,
      type: 'refusals.counted',
      actor: { kind: 'system', id: functionName },
      note,
    });
  };
}
