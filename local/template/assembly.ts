import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { BootError } from '../boot-error.ts';
import { type Template, templateSchema } from './template.ts';

export type Stack = { readonly name: string; readonly template: Template };

export type Assembly = {
  readonly stacks: readonly Stack[];
  /** Object key in the bootstrap bucket → the directory or file that would be uploaded there. */
  readonly assets: ReadonlyMap<string, string>;
};

const manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z
        .object({
          templateFile: z.string().optional(),
          stackName: z.string().optional(),
          file: z.string().optional(),
          directoryName: z.string().optional(),
        })
        .optional(),
    }),
  ),
});

const assetManifest = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string(), packaging: z.enum(['zip', 'file']) }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

/** Every stack and file asset of a synthesized CDK app, its nested stages included. */
export function readAssembly(directory: string): Assembly {
  const stacks: Stack[] = [];
  const assets = new Map<string, string>();
  const { artifacts } = read(join(directory, 'manifest.json'), manifest);
  for (const [id, { type, properties }] of Object.entries(artifacts)) {
    if (type === 'aws:cloudformation:stack') {
      const file = properties?.templateFile ?? `${id}.template.json`;
      stacks.push({
        name: properties?.stackName ?? id,
        template: read(join(directory, file), templateSchema),
      });
    } else if (type === 'cdk:asset-manifest' && properties?.file) {
      for (const [key, path] of assetsOf(directory, properties.file)) assets.set(key, path);
    } else if (type === 'cdk:cloud-assembly' && properties?.directoryName) {
      const nested = readAssembly(join(directory, properties.directoryName));
      stacks.push(...nested.stacks);
      for (const [key, path] of nested.assets) assets.set(key, path);
    }
  }
  return { stacks, assets };
}

function assetsOf(directory: string, file: string): [string, string][] {
  const { files } = read(join(directory, file), assetManifest);
  return Object.values(files).flatMap(({ source, destinations }) =>
    Object.values(destinations).map(({ objectKey }): [string, string] => [
      objectKey,
      join(directory, source.path),
    ]),
  );
}

function read<Schema extends z.ZodType>(path: string, schema: Schema): z.infer<Schema> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BootError(`the cloud assembly cannot be read, synthesize it again: ${path}: ${why}`);
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new BootError(`${path} at ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`);
}
