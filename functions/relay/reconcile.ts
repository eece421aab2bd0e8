import { LambdaClient, InvokeCommand } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { Fault } from '../../core/fault.ts';
import { connectRegistry } from '../aws/clients.ts';
import { readEnvironment } from '../aws/env.ts';
import { createLog } from '../aws/log.ts';
import { createMachines, machineArns } from '../aws/machines.ts';
import { sweep, type SweepDeps } from './sweep.ts';

const env = readEnvironment('reconcile', process.env);
const lambda = new LambdaClient({});

const deps: SweepDeps = {
  registry: connectRegistry(env),
  machines: createMachines(new SFNClient({})),
  approvalMachine: env.APPROVAL_MACHINE_ARN,
  workflowMachine: machineArns(env.WORKFLOW_MACHINE_ARNS),
  log: createLog(),
  execute: async (action) => {
    const Payload = Buffer.from(JSON.stringify({ action }));
    await lambda.send(
      new InvokeCommand({ FunctionName: env.EXECUTE_ACTION_ARN, InvocationType: 'Event', Payload }),
    );
  },
  now: () => new Date(),
};

/** Fails after the whole sweep when a row could not be settled, so that the alarm rings and Lambda tries again. */
export const handler = async () => {
  const { seen, failed } = await sweep(deps);
  if (failed > 0) throw new Fault('DependencyFailed', `${failed} of ${seen} open rows could not be settled`);
  return { seen };
};
