import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readGovernance } from '../../client/governance-files.ts';
import { manifest } from '../../core/governance/manifest.ts';
import { schemas, written } from './json-schemas.ts';
import { root } from './markdown.ts';

if (process.env['UPDATE_DOCS']) {
  for (const [file, schema] of Object.entries(schemas)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), await written(schema));
  }
}

const key = '{"kty":"OKP","crv":"Ed25519","x":"AAAA","kid":"k1"}';
const { manifests, tests = [] } = readGovernance(join(root, 'blueprints/procurement/governance'), {
  ERP_URL: 'http://127.0.0.1:4100',
  STAGE: 'local',
  ...Object.fromEntries(['GATHER', 'ANALYSE', 'ACT', 'STANDBY'].map((name) => [`KEY_${name}`, key])),
});
const read = (file: string) => {
  const schema = JSON.parse(readFileSync(join(root, file), 'utf8')) as z.core.JSONSchema.JSONSchema;
  return { schema, fits: (document: unknown) => z.fromJSONSchema(schema).safeParse(document).success };
};

describe.each(Object.entries(schemas))('%s', (file, schema) => {
  it('is what the code asks for (UPDATE_DOCS=1 writes it)', async () => {
    expect(readFileSync(join(root, file), 'utf8')).toBe(await written(schema));
  });
});

describe('the schema of manifests', () => {
  const { schema, fits } = read('schemas/manifest.schema.json');

  it('has every kind, each by its name', () => {
    const kinds = (schema.oneOf ?? []).map(
      (each) => (each as { properties: { kind: { const: string } } }).properties.kind.const,
    );
    expect(kinds).toEqual(manifest.options.map(({ shape }) => shape.kind.value));
  });

  it('takes every manifest of the pilot, and none with a field too many or a kind nobody knows', () => {
    for (const { document, file } of manifests) {
      expect(fits(document), file).toBe(true);
      expect(fits({ ...(document as object), colour: 'red' })).toBe(false);
      expect(fits({ ...(document as object), kind: 'Wizard' })).toBe(false);
    }
    expect(manifests.length).toBeGreaterThan(10);
  });

  it('does not ask for what has a default', () => {
    expect(fits({ kind: 'Person', id: 'vera', name: 'Vera', email: 'vera@example.com' })).toBe(true);
  });
});

describe('the schema of policy tests', () => {
  const { fits } = read('schemas/policy-test.schema.json');

  it('takes every case of the pilot, and none that expects what cannot come', () => {
    for (const { document } of tests) {
      expect(fits(document)).toBe(true);
      expect(fits({ ...(document as object), expect: 'maybe' })).toBe(false);
    }
    expect(tests.length).toBeGreaterThan(5);
  });
});
