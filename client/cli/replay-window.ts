import { InvalidArgumentError } from 'commander';

const MILLISECONDS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** How long ago, as `7d`, `12h`, `30m` or `P7D` say it, or an instant as it is; gives the instant. */
export function instantOf(text: string, now: Date): string {
  const short = /^(\d{1,5})([mhdw])$/.exec(text);
  const iso = /^P(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,5})M)?)?$/.exec(text);
  if (short) return ago(Number(short[1]) * MILLISECONDS[short[2] as keyof typeof MILLISECONDS], now);
  if (iso && !/[PT]$/.test(text)) {
    const [days = 0, hours = 0, minutes = 0] = iso.slice(1).map((part) => Number(part ?? 0));
    return ago(days * MILLISECONDS.d + hours * MILLISECONDS.h + minutes * MILLISECONDS.m, now);
  }
  const at = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : NaN;
  if (!Number.isNaN(at)) return new Date(at).toISOString();
  throw new InvalidArgumentError(
    'write how long ago (7d, 12h, P7D) or when (2026-11-24, 2026-11-24T08:00:00Z)',
  );
}

const ago = (milliseconds: number, now: Date) => new Date(now.getTime() - milliseconds).toISOString();
