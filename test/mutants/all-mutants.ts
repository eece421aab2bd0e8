import { applyMutants } from './apply-mutants.ts';
import { authorityMutants } from './authority-mutants.ts';
import { confinementMutants } from './confinement-mutants.ts';
import { conflictMutants } from './conflict-mutants.ts';
import { councilMutants } from './council-mutants.ts';
import { delegationMutants } from './delegation-mutants.ts';
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
import { pageMutants } from './page-mutants.ts';
import { quorumMutants } from './quorum-mutants.ts';
import { switchMutants } from './switch-mutants.ts';
import { replayMutants } from './replay-mutants.ts';
import { slackMutants } from './slack-mutants.ts';
import { type Mutant, mutants } from './mutants.ts';

/** Every protection that can be taken away. */
export const allMutants: readonly Mutant[] = [
  ...mutants,
  ...functionMutants,
  ...pageMutants,
  ...mailMutants,
  ...applyMutants,
  ...governanceMutants,
  ...authorityMutants,
  ...confinementMutants,
  ...conflictMutants,
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
  ...replayMutants,
  ...quorumMutants,
  ...slackMutants,
];
