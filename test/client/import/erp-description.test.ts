import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { expect, it } from 'vitest';
import { checkProposals } from '../../../client/import/check-proposals.ts';
import { readOpenApi } from '../../../client/import/openapi-document.ts';
import { importOpenApi } from '../../../client/import/openapi.ts';
import { readDocument } from '../../../core/governance/read-document.ts';
import { toolManifest } from '../../../core/governance/tool.ts';

const pilot = join(import.meta.dirname, '../../../blueprints/procurement');
const read = (file: string) => readFileSync(join(pilot, file), 'utf8');

it('the pilot’s tools are what an import of its ERP’s description makes, but for what only a person can say', () => {
  const described = readOpenApi(readDocument(read('erp/openapi.yaml')));
  const imported = checkProposals(importOpenApi(described, { system: 'erp', prefix: 'erp' }), 'erp');
  expect(imported.refused).toEqual([]);
  const proposed = imported.proposals.map(({ tool: { output, ...tool } }) => toolManifest.parse(tool));
  const written = [...parseAllDocuments(read('governance/units/operations/tools.yaml'))].map((document) => {
    const { amount, ...tool } = toolManifest.parse(document.toJS());
    return { ...tool, groups: tool.groups.filter((group) => group !== 'payment') };
  });
  expect(proposed).toEqual(written);
});
