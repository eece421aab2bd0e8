import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import * as z from 'zod';
import { manifest } from '../../core/governance/manifest.ts';
import { policyTest } from '../../core/policy/policy-test.ts';
import { root } from './markdown.ts';

type Schema = Readonly<Record<string, unknown>>;

/** A zod schema as editors read it: what people write, before defaults and transforms. */
function schemaOf(title: string, schema: z.ZodType): Schema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', reused: 'inline' });
  return { $schema, title, ...rest };
}

/** The JSON Schemas shipped for editors, each by its file. */
export const schemas: Readonly<Record<string, Schema>> = {
  'schemas/manifest.schema.json': schemaOf('Autonomy OS: a governance manifest', manifest),
  'schemas/policy-test.schema.json': schemaOf('Autonomy OS: a case of a .cedar.test.yaml', policyTest),
};

/** As `npm run lint` wants it. */
export async function written(schema: Schema): Promise<string> {
  const style = await resolveConfig(join(root, 'schemas/manifest.schema.json'));
  return format(JSON.stringify(schema), { ...style, parser: 'json' });
}
