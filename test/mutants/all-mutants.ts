import { applyMutants } from './apply-mutants.ts';
import { approvalGapMutants } from './approval-gap-mutants.ts';
import { authorityMutants } from './authority-mutants.ts';
import { clientMutants } from './client-mutants.ts';
import { componentMutants } from './component-mutants.ts';
import { confinementMutants } from './confinement-mutants.ts';
import { conflictMutants } from './conflict-mutants.ts';
import { connectorMutants } from './connector-mutants.ts';
import { councilMutants } from './council-mutants.ts';
import { delegationMutants } from './delegation-mutants.ts';
import { exactMutants } from './exact-mutants.ts';
import { egressMutants } from './egress-mutants.ts';
import { functionMutants } from './function-mutants.ts';
import { governanceMutants } from './governance-mutants.ts';
import { grantMutants } from './grant-mutants.ts';
import { identityMutants } from './identity-mutants.ts';
import { inboxMutants } from './inbox-mutants.ts';
import { infraMutants } from './infra-mutants.ts';
import { ladderMutants } from './ladder-mutants.ts';
import { lifecycleMutants } from './lifecycle-mutants.ts';
import { localMutants } from './local-mutants.ts';
import { mailMutants } from './mail-mutants.ts';
import { mcpMutants } from './mcp-mutants.ts';
import { pageMutants } from './page-mutants.ts';
import { quorumMutants } from './quorum-mutants.ts';
import { registryMutants } from './registry-mutants.ts';
import { switchMutants } from './switch-mutants.ts';
import { replayMutants } from './replay-mutants.ts';
import { slackMutants } from './slack-mutants.ts';
import { sliceMutants } from './slice-mutants.ts';
import { type Mutant, mutants } from './mutants.ts';

/** Every protection that can be taken away. */
export const allMutants: readonly Mutant[] = [
  ...mutants,
  ...functionMutants,
  ...sliceMutants,
  ...egressMutants,
  ...exactMutants,
  ...pageMutants,
  ...mailMutants,
  ...mcpMutants,
  ...applyMutants,
  ...approvalGapMutants,
  ...governanceMutants,
  ...authorityMutants,
  ...confinementMutants,
  ...clientMutants,
  ...componentMutants,
  ...conflictMutants,
  ...connectorMutants,
  ...councilMutants,
  ...ladderMutants,
  ...lifecycleMutants,
  ...switchMutants,
  ...localMutants,
  ...identityMutants,
  ...delegationMutants,
  ...grantMutants,
  ...inboxMutants,
  ...infraMutants,
  ...registryMutants,
  ...replayMutants,
  ...quorumMutants,
  ...slackMutants,
];
