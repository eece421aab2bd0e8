import { ArnFormat, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import type { FunctionName } from '../functions/aws/env.ts';
import type { DataStack } from './data-stack.ts';
import { GovernedFunction, type GovernedFunctionProps } from './governed-function.ts';
import { GovernedMachine } from './governed-machine.ts';
import { GovernedApi } from './http-api.ts';
import { dataPermissions, toolPermissions } from './permissions.ts';
import { RelayStream } from './relay.ts';
import type { Settings } from './settings.ts';

type Props = StackProps & { readonly settings: Settings; readonly data: DataStack };

/** The door and everything behind it: functions, machines, relay, sweep. */
export class ControlStack extends Stack {
  readonly api: GovernedApi;
  readonly relay: RelayStream;
  readonly functions: Readonly<Partial<Record<FunctionName, IFunction>>>;
  readonly machines: Readonly<Record<string, GovernedMachine>>;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id, props);
    const { settings, data } = props;
    const may = dataPermissions(data);
    const rows = may.readRows();
    const tables = { REGISTRY_TABLE: data.registry.tableName, AUDIT_TABLE: data.audit.tableName };
    const releases = { RELEASES_BUCKET: data.releases.bucketName };
    const token = { TOKEN_KEY_ID: data.tokenKey.keyId };
    const tools = toolPermissions(data, settings.stage);
    const sender = new EmailIdentity(this, 'Sender', { identity: Identity.email(settings.mailFrom) });
    this.api = new GovernedApi(this, 'Door', settings);
    this.relay = new RelayStream(this, 'RelayStream');
    const api = { API_URL: this.api.api.apiEndpoint };

    const add = <F extends FunctionName>(
      name: F,
      rest: Omit<GovernedFunctionProps<F>, 'name' | 'settings'>,
    ) => new GovernedFunction(this, nameOf(name), { name, settings, ...rest }).function;

    const identity = {
      token: add('token', {
        entry: 'identity/token',
        environment: { ...tables, ...api, ...token },
        permissions: [...rows, may.commit(), may.append(), may.signTokens(), may.verifyTokens()],
      }),
    };
    const door = {
      actions: add('actions', {
        entry: 'action/actions',
        environment: { ...tables, ...api, ...token, ...releases },
        permissions: [
          ...rows,
          may.commit('dynamodb:UpdateItem'),
          may.append(),
          may.verifyTokens(),
          may.readReleases(),
          ...tools,
        ],
        timeout: Duration.seconds(29),
        memorySize: 1024,
        decides: true,
        reservedConcurrency: settings.doorConcurrency,
      }),
      'execute-action': add('execute-action', {
        entry: 'action/execute-action',
        environment: { ...tables, ...releases },
        permissions: [
          ...rows,
          may.commit('dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'),
          may.append(),
          may.readReleases(),
          ...tools,
        ],
        timeout: Duration.seconds(40),
        memorySize: 1024,
        decides: true,
      }),
      'await-action': add('await-action', {
        entry: 'action/await-action',
        environment: tables,
        permissions: [...rows, may.commit(), may.append(), answer(this)],
      }),
    };
    const approvals = {
      'request-approval': add('request-approval', {
        entry: 'approval/request-approval',
        environment: { ...tables, ...api, MAIL_FROM: settings.mailFrom },
        permissions: [...rows, may.commit(), may.append(), answer(this), sendMail(sender)],
        timeout: Duration.seconds(30),
      }),
      'expire-approval': add('expire-approval', {
        entry: 'approval/expire-approval',
        environment: tables,
        permissions: [...rows, may.commit(), may.append()],
      }),
      'approval-page': add('approval-page', {
        entry: 'approval/approval-page',
        environment: { ...tables, ...api },
        permissions: [...rows, may.commit(), may.append()],
      }),
    };
    const work = {
      'assign-task': add('assign-task', {
        entry: 'task/assign-task',
        environment: tables,
        permissions: [...rows, may.commit(), may.append(), answer(this), answerFailure(this)],
      }),
      tasks: add('tasks', {
        entry: 'task/tasks',
        environment: { ...tables, ...api, ...token },
        permissions: [
          ...rows,
          may.queryIndex('work'),
          may.queryIndex('list'),
          may.commit(),
          may.append(),
          may.renewLease(),
          may.verifyTokens(),
        ],
      }),
      runs: add('runs', {
        entry: 'run/runs',
        environment: tables,
        permissions: [...rows, may.queryIndex('list'), may.commit(), may.append()],
      }),
      'finish-run': add('finish-run', {
        entry: 'run/finish-run',
        environment: tables,
        permissions: [...rows, may.commit(), may.append()],
      }),
    };
    const governance = {
      apply: add('apply', {
        entry: 'governance/apply',
        environment: { ...tables, ...releases },
        permissions: [
          ...rows,
          may.queryIndex('list'),
          may.commit('dynamodb:UpdateItem'),
          may.append(),
          may.readReleases(),
          may.writeReleases(),
        ],
        timeout: Duration.seconds(29),
        memorySize: 1024,
        decides: true,
      }),
      'audit-events': add('audit-events', {
        entry: 'audit/audit-events',
        environment: { AUDIT_TABLE: data.audit.tableName },
        permissions: may.readAudit(),
        timeout: Duration.seconds(29),
      }),
    };
    const { 'assign-task': assignTask, 'finish-run': finishRun } = work;
    this.machines = {
      approval: new GovernedMachine(this, 'ApprovalMachine', {
        machine: 'approval',
        functions: {
          'request-approval': approvals['request-approval'],
          'expire-approval': approvals['expire-approval'],
          'execute-action': door['execute-action'],
        },
        settings,
      }),
      procurement: new GovernedMachine(this, 'ProcurementMachine', {
        machine: 'procurement',
        functions: {
          'assign-task': assignTask,
          'await-action': door['await-action'],
          'finish-run': finishRun,
        },
        settings,
      }),
    };
    const machines = machineEnvironment(this.machines);
    const relay = {
      relay: add('relay', {
        entry: 'relay/relay',
        environment: {
          REGISTRY_TABLE: data.registry.tableName,
          EVENT_BUS_NAME: data.bus.eventBusName,
          ...machines,
        },
        permissions: [
          ...rows,
          ...may.readStream(),
          may.publish(),
          start(this.machines),
          answer(this),
          answerFailure(this),
          this.relay.parkPermission(),
        ],
        timeout: Duration.seconds(30),
      }),
      reconcile: add('reconcile', {
        entry: 'relay/reconcile',
        environment: { ...tables, ...machines, EXECUTE_ACTION_ARN: door['execute-action'].functionArn },
        permissions: [
          ...rows,
          may.queryIndex('open'),
          may.commit(),
          may.append(),
          start(this.machines),
          describe(this),
          answer(this),
          answerFailure(this),
          invoke(door['execute-action']),
        ],
        timeout: Duration.minutes(2),
      }),
    };
    this.relay.feed(relay.relay, data.audit.tableStreamArn ?? '');
    new Rule(this, 'ReconcileSchedule', {
      schedule: Schedule.rate(Duration.minutes(5)),
      targets: [new LambdaFunction(relay.reconcile, { retryAttempts: 2 })],
    });
    this.functions = { ...identity, ...door, ...approvals, ...work, ...governance, ...relay };
    this.api.answerWith(this.functions);
  }
}

/** `execute-action` becomes `ExecuteAction`. */
function nameOf(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, _dash: string, letter: string) => letter.toUpperCase());
}

function machineEnvironment({ approval, ...workflows }: Readonly<Record<string, GovernedMachine>>) {
  const arns = Object.entries(workflows).map(
    ([name, { machine }]) => [name, machine.stateMachineArn] as const,
  );
  return {
    APPROVAL_MACHINE_ARN: approval?.machine.stateMachineArn ?? '',
    WORKFLOW_MACHINE_ARNS: `{${arns.map(([name, arn]) => `"${name}":"${arn}"`).join(',')}}`,
  };
}

/** Answers to waiting steps name no machine, so they are granted for the machines of this stack by prefix. */
const machinesOf = (stack: Stack) =>
  stack.formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: '*Machine*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

const answer = (stack: Stack) =>
  new PolicyStatement({ actions: ['states:SendTaskSuccess'], resources: [machinesOf(stack)] });
const answerFailure = (stack: Stack) =>
  new PolicyStatement({ actions: ['states:SendTaskFailure'], resources: [machinesOf(stack)] });
const start = (machines: Readonly<Record<string, GovernedMachine>>) =>
  new PolicyStatement({
    actions: ['states:StartExecution'],
    resources: Object.values(machines).map(({ machine }) => machine.stateMachineArn),
  });
const describe = (stack: Stack) =>
  new PolicyStatement({
    actions: ['states:DescribeExecution'],
    resources: [machinesOf(stack).replace(':stateMachine:', ':execution:') + ':*'],
  });
const invoke = (fn: IFunction) =>
  new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] });
const sendMail = (sender: EmailIdentity) =>
  new PolicyStatement({ actions: ['ses:SendEmail'], resources: [sender.emailIdentityArn] });
