import { Duration } from 'aws-cdk-lib';
import type { Site } from './site.ts';

/** The door: agents get tokens and ask for actions; what was held is executed or awaited. */
export function doorFunctions({ add, may, told, settings }: Site) {
  const { tables, api, token, releases } = told;
  return {
    token: add('token', {
      entry: 'identity/token',
      environment: { ...tables, ...api, ...token },
      permissions: [...may.readRows(), may.commit(), may.append(), may.signTokens(), may.verifyTokens()],
    }),
    actions: add('actions', {
      entry: 'action/actions',
      environment: { ...tables, ...api, ...token, ...releases },
      permissions: [
        ...may.readRows(),
        may.commit('dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'),
        may.append(),
        may.verifyTokens(),
        may.readReleases(),
        ...may.reachTools(),
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
        ...may.readRows(),
        may.commit('dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'),
        may.append(),
        may.readReleases(),
        ...may.reachTools(),
      ],
      timeout: Duration.seconds(40),
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
