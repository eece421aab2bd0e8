import type { Role } from '../iam/roles.ts';
import { jsonReply, parseInput, readJsonCall } from '../json-call.ts';
import { AwsError, type InvokeFunction, type Permission, type Resource, type Service } from '../service.ts';
import { type Machine, readMachines } from './machine.ts';
import { type Operation, operations } from './operations.ts';
import { type Cloud, ofExecution, ofMachine, tokenOf } from './requests.ts';
import { createRunner } from './runner.ts';
import { type ExecutionStore, openExecutionStore } from './store.ts';
import type { OnExecution } from './works.ts';

export type StepFunctions = {
  readonly service: Service;
  /** Read by the console; the service itself stays the only writer. */
  readonly store: Pick<ExecutionStore, 'list' | 'find' | 'events'>;
  readonly machines: readonly Machine[];
  start(): void;
  stop(): void;
};

/** Step Functions: the template's machines in JSONata mode, durable; anything else is refused by name. */
export function createStepFunctions(options: {
  readonly resources: readonly Resource[];
  readonly roles: readonly Role[];
  readonly directory: string;
  readonly invoke: InvokeFunction;
  readonly onExecution: OnExecution;
  readonly now: () => number;
}): StepFunctions {
  const machines = readMachines(options.resources, options.roles);
  const byArn = new Map(machines.map((machine) => [machine.arn, machine]));
  const store = openExecutionStore(options.directory);
  const runner = createRunner({ ...options, machines: byArn, store });
  const cloud: Cloud = { ...options, machines: byArn, store, runner };
  return {
    machines,
    store,
    service: {
      signingName: 'states',
      errors: 'json',
      permissions: (call) => {
        const { operation, body } = readJsonCall(call, 'AWSStepFunctions');
        return [permissionFor(cloud, operation, body)];
      },
      handle: async (call) => {
        const { operation, body } = readJsonCall(call, 'AWSStepFunctions');
        return jsonReply(operationOf(operation).run(cloud, body), 'application/x-amz-json-1.0');
      },
    },
    start: () => runner.start(),
    stop: () => {
      runner.stop();
      store.close();
    },
  };
}

function operationOf(name: string): Operation {
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation) return operation;
  throw new AwsError('UnsupportedOperation', `states ${name} is not run on the laptop`);
}

function permissionFor(cloud: Cloud, name: string, body: unknown): Permission {
  const action = `states:${name}`;
  switch (operationOf(name).on) {
    case 'machine':
      return { action, resource: parseInput(ofMachine, body).stateMachineArn };
    case 'execution':
      return { action, resource: parseInput(ofExecution, body).executionArn };
    case 'token':
      return { action, resource: tokenOf(cloud, body).execution.machineArn };
  }
}
