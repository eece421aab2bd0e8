import type { HttpRequest } from '../endpoint.ts';
import type { Refresh } from './page.ts';

/** A page's own address with some of its query changed; `undefined` takes a parameter out. */
export function withQuery(
  { path, rawQuery }: Pick<HttpRequest, 'path' | 'rawQuery'>,
  changes: Readonly<Record<string, string | undefined>>,
): string {
  const query = new URLSearchParams(rawQuery);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) query.delete(name);
    else query.set(name, value);
  }
  return query.size > 0 ? `${path}?${query.toString()}` : path;
}

export const queryOf = ({ rawQuery }: Pick<HttpRequest, 'rawQuery'>, name: string): string | undefined =>
  new URLSearchParams(rawQuery).get(name) ?? undefined;

/** Pages refresh unless their address says `refresh=off`. */
export function refreshOf(request: Pick<HttpRequest, 'path' | 'rawQuery'>): Refresh {
  const on = queryOf(request, 'refresh') !== 'off';
  return { on, toggle: withQuery(request, { refresh: on ? 'off' : undefined }) };
}

/** A part of a path as it was meant; `undefined` when its percent-encoding is broken. */
export function decodePart(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
