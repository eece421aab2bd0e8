import { type AgentAdmin, agentAdmin } from './admin/agents.ts';
import { type ApprovalReportAdmin, approvalReportAdmin } from './admin/approval-report.ts';
import { type ApprovalAdmin, approvalAdmin } from './admin/approvals.ts';
import { type AuditAdmin, auditAdmin } from './admin/audit.ts';
import { type ComponentAdmin, componentAdmin } from './admin/components.ts';
import { type ConflictAdmin, conflictAdmin } from './admin/conflicts.ts';
import { type DecisionAdmin, decisionAdmin } from './admin/decisions.ts';
import { type GovernanceAdmin, governanceAdmin } from './admin/governance.ts';
import { type GrantAdmin, grantAdmin } from './admin/grants.ts';
import { type ReleaseAdmin, releaseAdmin } from './admin/releases.ts';
import { type ReplayAdmin, replayAdmin } from './admin/replay.ts';
import { type RunAdmin, runAdmin } from './admin/runs.ts';
import { type ShadowAdmin, shadowAdmin } from './admin/shadow.ts';
import { type SwitchAdmin, switchAdmin } from './admin/switches.ts';
import { type UnknownActionAdmin, unknownActionAdmin } from './admin/unknown-actions.ts';
import { type ToolAdmin, toolAdmin } from './admin/tools.ts';
import { type Connection, createSignedCall } from './admin/signed-call.ts';

/** What an administrator does, signed with IAM. Throws `AutonomyError` for refusals. */
export type Admin = GovernanceAdmin &
  ConflictAdmin &
  ComponentAdmin &
  ReleaseAdmin &
  DecisionAdmin &
  ReplayAdmin &
  RunAdmin &
  AuditAdmin &
  SwitchAdmin &
  ToolAdmin &
  GrantAdmin &
  ShadowAdmin &
  AgentAdmin &
  ApprovalAdmin &
  ApprovalReportAdmin &
  UnknownActionAdmin;

export function createAdmin(options: Connection): Admin {
  const call = createSignedCall(options);
  return {
    ...governanceAdmin(call),
    ...conflictAdmin(call),
    ...componentAdmin(call),
    ...releaseAdmin(call),
    ...decisionAdmin(call),
    ...replayAdmin(call),
    ...runAdmin(call),
    ...auditAdmin(call),
    ...shadowAdmin(call),
    ...switchAdmin(call),
    ...toolAdmin(call),
    ...grantAdmin(call),
    ...agentAdmin(call),
    ...approvalAdmin(call),
    ...approvalReportAdmin(call),
    ...unknownActionAdmin(call),
  };
}
