import type * as z from 'zod';
import { BootError } from '../boot-error.ts';
import type { Resource } from '../service.ts';

/**
 * A resource's properties as `schema` describes them. Give a strict schema: a property the laptop would ignore in
 * silence is refused by name, unless the schema lists it as one without effect here.
 */
export function readProperties<Schema extends z.ZodType>(
  resource: Resource,
  schema: Schema,
): z.infer<Schema> {
  const parsed = schema.safeParse(resource.properties);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.join('.');
  const where = path ? ` property ${path}:` : '';
  const { stack, logicalId, type } = resource;
  throw new BootError(
    `${stack}/${logicalId} (${type}):${where} not run on the laptop: ${issue?.message ?? ''}`,
  );
}

/** The resources of one type with their properties read by `schema`. */
export function readResources<Schema extends z.ZodType>(
  resources: readonly Resource[],
  type: string,
  schema: Schema,
): readonly { readonly resource: Resource; readonly properties: z.infer<Schema> }[] {
  return resources
    .filter((resource) => resource.type === type)
    .map((resource) => ({ resource, properties: readProperties(resource, schema) }));
}
