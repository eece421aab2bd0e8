import { Duration } from 'aws-cdk-lib';
import { type EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Site } from './site.ts';

/** The door, over HTTP and MCP: agents get tokens and ask for actions; what was held is executed or awaited. */
export function doorFunctions({ add, may, told, settings }: Site) {
  const { tables, api, token, releases, tools } = told;
  const door = () => ({
    environment: { ...tables, ...api, ...token, ...releases, ...tools },
    permissions: [
      ...may.readRows(),
      may.commit('dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'),
      may.append(),
      may.verifyTokens(),
      may.readReleases(),
      may.countCalls(),
      ...may.reachTools(),
    ],
    timeout: Duration.seconds(29),
    memorySize: 1024,
    decides: true,
  });
  return {
    token: add('token', {
      entry: 'identity/token',
      environment: { ...tables, ...api, ...token },
      permissions: [...may.readRows(), may.commit(), may.append(), may.signTokens(), may.verifyTokens()],
    }),
    actions: add('actions', {
      entry: 'action/actions',
      ...door(),
      reservedConcurrency: settings.doorConcurrency,
    }),
    mcp: add('mcp', { entry: 'action/mcp/mcp', ...door() }),
    'execute-action': add('execute-action', {
      entry: 'action/execute-action',
      environment: {
        ...tables,
        ...releases,
        ...tools,
        APPROVAL_LAPSE_MINUTES: String(settings.approvalLapseMinutes),
      },
      permissions: [
        ...may.readRows(),
        may.commit('dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'),
        may.append(),
        may.readReleases(),
        may.countCalls(),
        ...may.reachTools(),
      ],
      timeout: Duration.seconds(330),
      memorySize: 1024,
      decides: true,
    }),
    'await-action': add('await-action', {
      entry: 'action/await-action',
      environment: tables,
      permissions: [...may.readRows(), may.commit(), may.append()],
    }),
  };
}

/** An action whose tool takes longer than the door waits is carried out by the executor as soon as it is recorded. */
export function executeLongActions(scope: Construct, bus: EventBus, execute: IFunction): void {
  new Rule(scope, 'LongActionStarted', {
    eventBus: bus,
    eventPattern: {
      source: ['autonomy-os'],
      detailType: ['action.started'],
      detail: { data: { data: { queued: [true] } } },
    },
    targets: [new LambdaFunction(execute, { retryAttempts: 2 })],
  });
}
