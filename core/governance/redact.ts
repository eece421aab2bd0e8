/** What stands where a value was that its schema marks `x-autonomy-sensitive`. */
export const REDACTED = '[redacted]';

type Node = Readonly<Record<string, unknown>>;

/**
 * A copy of a value without what its JSON Schema marks `x-autonomy-sensitive: true`, in whatever branch, list or
 * definition the mark stands. A reference nobody can follow hides what it describes.
 */
export function redact(schema: unknown, value: unknown): unknown {
  return hide([schema], value, schema);
}

/** `schemas` all describe the value; the mark of any of them counts. */
function hide(schemas: readonly unknown[], value: unknown, root: unknown): unknown {
  const nodes = spread(schemas, root);
  if (nodes === 'unknown' || nodes.some((node) => node['x-autonomy-sensitive'] === true)) return REDACTED;
  if (nodes.length === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each, n) => hide(nodes.flatMap(elementOf(n)), each, root));
  const members = Object.entries(value).map(
    ([name, member]) => [name, hide(nodes.flatMap(memberOf(name)), member, root)] as const,
  );
  return Object.fromEntries(members);
}

const BRANCHES = ['allOf', 'anyOf', 'oneOf', 'if', 'then', 'else', 'dependentSchemas'];

/** The schemas with all they refer to and branch into, each once. */
function spread(schemas: readonly unknown[], root: unknown): readonly Node[] | 'unknown' {
  const found = new Set<Node>();
  const open = [...schemas];
  while (open.length > 0) {
    const next = open.pop();
    if (!isNode(next) || found.has(next)) continue;
    found.add(next);
    const { $ref, $dynamicRef } = next;
    if ($dynamicRef !== undefined) return 'unknown';
    if ($ref !== undefined) {
      const target = follow($ref, root);
      if (target === undefined) return 'unknown';
      open.push(target);
    }
    open.push(...BRANCHES.flatMap((word) => branchesOf(word, next[word])));
  }
  return [...found];
}

function branchesOf(word: string, branch: unknown): unknown[] {
  if (word === 'dependentSchemas') return isNode(branch) ? Object.values(branch) : [];
  return [branch].flat();
}

const elementOf = (n: number) => (node: Node) => {
  const { prefixItems, items } = node;
  const tuple: unknown[] = Array.isArray(prefixItems) ? prefixItems : Array.isArray(items) ? items : [];
  const rest = Array.isArray(items) ? node['additionalItems'] : items;
  return [n < tuple.length ? tuple[n] : rest, node['contains'], node['unevaluatedItems']];
};

const memberOf = (name: string) => (node: Node) => {
  const { properties, patternProperties, additionalProperties, unevaluatedProperties } = node;
  const own = isNode(properties) && Object.hasOwn(properties, name) ? [properties[name]] : [];
  const patterns = isNode(patternProperties) ? Object.entries(patternProperties) : [];
  const fitting = patterns.filter(([pattern]) => matches(pattern, name)).map(([, schema]) => schema);
  const others = own.length + fitting.length > 0 ? [] : [additionalProperties];
  return [...own, ...fitting, ...others, unevaluatedProperties];
};

/** A pattern nobody can read is taken to fit. */
function matches(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(name);
  } catch {
    return true;
  }
}

function follow(ref: unknown, root: unknown): unknown {
  if (typeof ref !== 'string' || !/^#(\/[^%]*)?$/.test(ref)) return undefined;
  const steps = ref.split('/').slice(1).map(decoded);
  return steps.reduce<unknown>((node, step) => stepInto(node, step), root);
}

const decoded = (step: string) => step.replaceAll('~1', '/').replaceAll('~0', '~');

const stepInto = (node: unknown, step: string): unknown =>
  typeof node === 'object' && node !== null && Object.hasOwn(node, step)
    ? (node as Readonly<Record<string, unknown>>)[step]
    : undefined;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
