import type { ApiPart } from '../operation.ts';
import { registeredTool, registeredTools } from './tool-view.ts';

/** The registry of tools, as administrators see it. */
export const toolRegistryApi: ApiPart = {
  tag: 'Tools',
  says: 'Which tools there are, whether the centre confirmed them, and which are in quarantine.',
  schemas: { RegisteredTools: registeredTools, RegisteredTool: registeredTool },
  operations: [
    {
      method: 'GET',
      path: '/v1/tools-registry',
      id: 'registeredTools',
      says: 'Every tool of the release in force.',
      caller: 'signer',
      answers: { 200: { says: 'the tools', body: 'RegisteredTools' } },
    },
    {
      method: 'GET',
      path: '/v1/tools-registry/{name}',
      id: 'registeredTool',
      says: 'One tool with its schemas, its review and what differs upstream.',
      caller: 'signer',
      answers: { 200: { says: 'the tool', body: 'RegisteredTool' } },
      refuses: { 404: 'no tool of the release in force is called so' },
    },
  ],
};
