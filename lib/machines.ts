import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { FunctionName } from '../functions/aws/env.ts';
import { GovernedMachine } from './governed-machine.ts';
import type { Settings } from './settings.ts';

type Steps = Readonly<
  Record<
    Extract<
      FunctionName,
      | 'request-approval'
      | 'expire-approval'
      | 'execute-action'
      | 'assign-task'
      | 'await-action'
      | 'finish-run'
    >,
    IFunction
  >
>;
export type Machines = ReturnType<typeof buildMachines>;

/** The approval machine and one machine per workflow, each with the functions that are its steps. */
export function buildMachines(scope: Construct, settings: Settings, steps: Steps) {
  return {
    approval: new GovernedMachine(scope, 'ApprovalMachine', {
      machine: 'approval',
      settings,
      functions: {
        'request-approval': steps['request-approval'],
        'expire-approval': steps['expire-approval'],
        'execute-action': steps['execute-action'],
      },
      answers: { 'request-approval': ['states:SendTaskSuccess'] },
    }),
    procurement: new GovernedMachine(scope, 'ProcurementMachine', {
      machine: 'procurement',
      settings,
      functions: {
        'assign-task': steps['assign-task'],
        'await-action': steps['await-action'],
        'finish-run': steps['finish-run'],
      },
      answers: {
        'assign-task': ['states:SendTaskSuccess', 'states:SendTaskFailure'],
        'await-action': ['states:SendTaskSuccess'],
      },
    }),
  };
}
