import {
  type ListedTool,
  type RegisteredTool,
  registeredTool,
  registeredTools,
} from '../../core/governance/tool-view.ts';
import type { SignedCall } from './signed-call.ts';

export type { ListedTool, RegisteredTool };

export type ToolAdmin = {
  /** Every tool in force: its owner and stage, whether the centre confirmed it, and whether it is in quarantine. */
  registeredTools(): Promise<readonly ListedTool[]>;
  /** One tool with its schemas, its review and what differs upstream. */
  registeredTool(name: string): Promise<RegisteredTool>;
};

export const toolAdmin = (call: SignedCall): ToolAdmin => ({
  registeredTools: async () => registeredTools.parse(await call('GET', '/v1/tools-registry')).tools,
  registeredTool: async (name) =>
    registeredTool.parse(await call('GET', `/v1/tools-registry/${encodeURIComponent(name)}`)),
});
