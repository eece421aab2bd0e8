import { type Finding, findingAt as at, ofKind, type Placed } from './manifest.ts';
import { REDACTED } from './redact.ts';

type Node = Readonly<Record<string, unknown>>;

/**
 * An input that its schema marks as sensitive is recorded without its value, and must fit the schema all the same: so
 * that recorded decisions can be made again.
 */
export function checkSensitive(placed: readonly Placed[]): Finding[] {
  return ofKind(placed, 'Tool').flatMap((tool) =>
    markedIn(tool.manifest.input, '').flatMap(({ path, node }) =>
      fitsRedacted(node)
        ? []
        : [
            at(
              tool,
              `input.${path}: x-autonomy-sensitive is for text alone (type: string, no enum, const, pattern or format, room for ${REDACTED.length} characters): it is recorded as ${REDACTED}`,
            ),
          ],
    ),
  );
}

function markedIn(schema: unknown, path: string): { readonly path: string; readonly node: Node }[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const node = schema as Node;
  if (node['x-autonomy-sensitive'] === true) return [{ path, node }];
  return Object.entries(node).flatMap(([word, inner]) =>
    markedIn(inner, path === '' ? word : `${path}.${word}`),
  );
}

function fitsRedacted({ type, minLength = 0, maxLength = Infinity, ...node }: Node): boolean {
  const free = ['enum', 'const', 'pattern', 'format'].every((word) => node[word] === undefined);
  return (
    type === 'string' && free && Number(minLength) <= REDACTED.length && Number(maxLength) >= REDACTED.length
  );
}
