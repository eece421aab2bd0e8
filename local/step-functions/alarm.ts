/** One timer for whatever is due next. */
export type Alarm = {
  /** Looks again at what is due next; needed after each change. */
  set(): void;
  stop(): void;
};

const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function createAlarm(options: {
  readonly nextDue: () => number | undefined;
  readonly now: () => number;
  readonly ring: () => void;
}): Alarm {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => clearTimeout(timer);
  const set = (): void => {
    stop();
    const next = options.nextDue();
    if (next === undefined) return;
    timer = setTimeout(ring, Math.min(LONGEST_TIMER_MS, Math.max(0, next - options.now())));
  };
  const ring = (): void => {
    options.ring();
    set();
  };
  return { set, stop };
}
