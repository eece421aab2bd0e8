import * as z from 'zod';

const node = z.looseObject({
  type: z.unknown(),
  'x-mcp-header': z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});

/** The `Mcp-Param-…` headers a tool's input schema asks for by `x-mcp-header`, from the input itself. */
export function paramHeaders(schema: unknown, value: unknown): Record<string, string> {
  const parsed = node.safeParse(schema);
  if (!parsed.success) return {};
  const { 'x-mcp-header': name, properties = {} } = parsed.data;
  const own =
    name !== undefined && isPlain(value)
      ? { [`mcp-param-${name.toLowerCase()}`]: headerText(String(value)) }
      : {};
  if (typeof value !== 'object' || value === null) return own;
  const members = Object.entries(value as Readonly<Record<string, unknown>>);
  const below = members.map(([field, member]) =>
    Object.hasOwn(properties, field) ? paramHeaders(properties[field], member) : {},
  );
  return Object.assign(own, ...below) as Record<string, string>;
}

const isPlain = (value: unknown) =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);

/** A text as MCP lets it stand in a header: what is no plain ASCII goes in base64. */
export function headerText(text: string): string {
  const safe = /^[\t\x20-\x7e]+$/.test(text) && text === text.trim() && !/^=\?base64\?.*\?=$/.test(text);
  return safe ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}
