import type { Metrics, QueueDepth } from './metrics.ts';

/** Records every queue's depth now and then every ten seconds, as SQS does each minute. */
export function watchQueues(options: {
  readonly metrics: Pick<Metrics, 'recordDepth'>;
  readonly queueDepths: () => readonly QueueDepth[];
  /** @default 10,000 */
  readonly everyMs?: number;
}): { stop(): void } {
  const look = (): void => {
    for (const depth of options.queueDepths()) options.metrics.recordDepth(depth);
  };
  look();
  const timer = setInterval(look, options.everyMs ?? 10_000).unref();
  return { stop: () => clearInterval(timer) };
}
