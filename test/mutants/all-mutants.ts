import { applyMutants } from './apply-mutants.ts';
import { confinementMutants } from './confinement-mutants.ts';
import { councilMutants } from './council-mutants.ts';
import { functionMutants } from './function-mutants.ts';
import { governanceMutants } from './governance-mutants.ts';
import { infraMutants } from './infra-mutants.ts';
import { lifecycleMutants } from './lifecycle-mutants.ts';
import { localMutants } from './local-mutants.ts';
import { switchMutants } from './switch-mutants.ts';
import { replayMutants } from './replay-mutants.ts';
import { type Mutant, mutants } from './mutants.ts';

/** Every protection that can be taken away. */
export const allMutants: readonly Mutant[] = [
  ...mutants,
  ...functionMutants,
  ...applyMutants,
  ...governanceMutants,
  ...confinementMutants,
  ...councilMutants,
  ...lifecycleMutants,
  ...switchMutants,
  ...localMutants,
  ...infraMutants,
  ...replayMutants,
];
