import type { System } from '../../core/governance/system.ts';
import { type Tool, toolManifest } from '../../core/governance/tool.ts';

/** A tool as a release pins it; each takes the fields a test is about. */
export const someTool = (fields: Partial<Tool> = {}): Tool => ({
  ...toolManifest.omit({ kind: true }).parse({
    name: 'erp.create_order',
    title: 'Place an order',
    system: 'erp',
    effect: 'keyed',
    groups: ['write'],
    connector: { type: 'http', method: 'POST', path: '/orders' },
    input: { type: 'object', properties: {} },
    timeoutSeconds: 5,
  }),
  unit: 'operations',
  hash: 'h1',
  reviewed: true,
  ...fields,
});

export const someSystem = (fields: Partial<System> = {}): System => ({
  id: 'erp',
  title: 'The ERP',
  baseUrl: 'https://erp.example.com',
  ...fields,
});
