import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attachCustomSynthesis, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { stringify } from 'yaml';
import * as z from 'zod';
import { root } from '../governed-function.ts';

/** A manifest as governance reads it; `kind` says which. */
export type Manifest = { readonly kind: 'Tool' | 'Workflow'; readonly [field: string]: unknown };

const unitName = /^[a-z0-9][a-z0-9-]{0,62}$/;

/**
 * Writes what a stack adds to governance as files that `autonomy apply` takes: one a unit, made anew at each
 * synthesis, so that what left the stack leaves the file.
 */
export class Manifests extends Construct {
  private readonly byUnit = new Map<string, Manifest[]>();

  constructor(scope: Construct, id: string, directory: string | undefined) {
    super(scope, id);
    attachCustomSynthesis(this, {
      onSynthesize: ({ assembly }) => this.write(directory ?? join(assembly.outdir, 'governance')),
    });
  }

  /** Adds a manifest to a unit's file. Throws, naming the field, for one that governance would refuse. */
  add(unit: string, manifest: Manifest): void {
    if (!unitName.test(unit) || unit === 'coe')
      throw new Error(`${this.node.path}: unit ${unit}: name the business unit whose it is`);
    const misfits = misfitsOf(manifest);
    if (misfits.length > 0) throw new Error(`${this.node.path}: ${manifest.kind}: ${misfits.join('; ')}`);
    this.byUnit.set(unit, [...(this.byUnit.get(unit) ?? []), manifest]);
  }

  private write(directory: string): void {
    const { stackName } = Stack.of(this);
    const head = `# Made by cdk synth from the stack ${stackName}: change it there.\n`;
    const made = globSync(`units/*/${stackName}.yaml`, { cwd: directory }).map((file) =>
      join(directory, file),
    );
    for (const file of made.filter((each) => readFileSync(each, 'utf8').startsWith(head))) rmSync(file);
    for (const [unit, manifests] of this.byUnit) {
      const folder = join(directory, 'units', unit);
      mkdirSync(folder, { recursive: true });
      const documents = manifests.map((manifest) => stringify(manifest, { lineWidth: 0 }));
      writeFileSync(join(folder, `${stackName}.yaml`), head + documents.join('---\n'));
    }
  }
}

const shipped = z.object({
  oneOf: z.array(z.looseObject({ properties: z.looseObject({ kind: z.object({ const: z.string() }) }) })),
});

/** What the JSON Schema shipped for editors says against it: the same that the API would say. */
function misfitsOf(manifest: Manifest): readonly string[] {
  const text = readFileSync(join(root, 'schemas/manifest.schema.json'), 'utf8');
  const schema = shipped
    .parse(JSON.parse(text))
    .oneOf.find(({ properties }) => properties.kind.const === manifest.kind);
  if (!schema) throw new Error(`schemas/manifest.schema.json knows no ${manifest.kind}`);
  const read = z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema).safeParse(asDeployed(manifest));
  return (read.error?.issues ?? []).map(({ path, message }) => `${path.join('.') || 'manifest'}: ${message}`);
}

/** Like the manifest with its variables filled in, as `--var` does it once the stack is deployed. */
function asDeployed(manifest: Manifest): unknown {
  const text = JSON.stringify(manifest).replace(/\$\{([A-Z][A-Z0-9_]*)\}/g, (_, name: string) => {
    if (name.endsWith('_MACHINE')) return 'arn:aws:states:us-east-1:111122223333:stateMachine:any';
    return name.endsWith('_ARN') ? 'arn:aws:lambda:us-east-1:111122223333:function:any' : '111122223333';
  });
  return JSON.parse(text);
}
