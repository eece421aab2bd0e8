import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actionApi } from '../../core/action/action-operations.ts';
import { conflictApi } from '../../core/action/conflict-operations.ts';
import { grantApi } from '../../core/action/grant-operations.ts';
import { mcpApi } from '../../core/action/mcp-operations.ts';
import { unknownApi } from '../../core/action/unknown-operations.ts';
import { agentApi } from '../../core/agent/agent-operations.ts';
import { approvalApi } from '../../core/approval/approval-operations.ts';
import { auditApi } from '../../core/audit/audit-operations.ts';
import { delegationApi } from '../../core/delegation/delegation-operations.ts';
import { governanceApi } from '../../core/governance/governance-operations.ts';
import { toolRegistryApi } from '../../core/governance/tool-operations.ts';
import { tokenApi } from '../../core/identity/token-operations.ts';
import { describeApi } from '../../core/openapi.ts';
import type { Json } from '../../core/openapi-shared.ts';
import type { ApiPart } from '../../core/operation.ts';
import { componentApi } from '../../core/policy/component-operations.ts';
import { releaseApi } from '../../core/policy/release-operations.ts';
import { runApi } from '../../core/run/run-operations.ts';
import { switchApi } from '../../core/switch/switch-operations.ts';
import { taskApi } from '../../core/task/task-operations.ts';
import { root } from './markdown.ts';

/** What the API can be asked, agents first. */
export const parts: readonly ApiPart[] = [
  ...[tokenApi, actionApi, mcpApi, taskApi, delegationApi],
  ...[runApi, approvalApi, unknownApi, switchApi, agentApi, governanceApi],
  ...[toolRegistryApi, componentApi, releaseApi, grantApi, conflictApi, auditApi],
];

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

/** The document `GET /openapi.json` answers with, as the code has it. */
export const openapi: Json = describeApi(parts, version);
