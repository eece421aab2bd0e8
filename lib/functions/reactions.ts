import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Machines } from '../machines.ts';
import type { RelayStream } from '../relay.ts';
import type { Site } from './site.ts';

type Reached = {
  readonly machines: Machines;
  readonly stream: RelayStream;
  readonly executeAction: IFunction;
};

/** Reactions: the relay causes what each event demands, the sweep causes again what a row still demands. */
export function reactionFunctions({ add, may, told }: Site, { machines, stream, executeAction }: Reached) {
  const { tables, bus, releases } = told;
  const arns = machineArns(machines);
  const { approval, ...workflows } = machines;
  const all = Object.values(machines);
  const ofWorkflows = Object.values(workflows);
  return {
    relay: add('relay', {
      entry: 'relay/relay',
      environment: { REGISTRY_TABLE: tables.REGISTRY_TABLE, ...bus, ...releases, ...arns },
      permissions: [
        ...may.readRows(),
        ...may.readStream(),
        may.publish(),
        may.recordDecisions(),
        may.startExecutions(all),
        may.answerSteps(all),
        may.failSteps(ofWorkflows),
        stream.parkPermission(),
      ],
      timeout: Duration.seconds(30),
    }),
    reconcile: add('reconcile', {
      entry: 'relay/reconcile',
      environment: { ...tables, ...arns, EXECUTE_ACTION_ARN: executeAction.functionArn },
      permissions: [
        ...may.readRows(),
        may.queryIndex('open'),
        may.commit(),
        may.append(),
        may.startExecutions(all),
        may.describeExecutions(ofWorkflows),
        may.answerSteps(all),
        may.failSteps(ofWorkflows),
        may.invoke(executeAction),
      ],
      timeout: Duration.minutes(2),
    }),
  };
}

function machineArns({ approval, ...workflows }: Machines) {
  const pairs = Object.entries(workflows).map(
    ([name, { machine }]) => `"${name}":"${machine.stateMachineArn}"`,
  );
  return {
    APPROVAL_MACHINE_ARN: approval.machine.stateMachineArn,
    WORKFLOW_MACHINE_ARNS: `{${pairs.join(',')}}`,
  };
}
