import { Duration } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { FunctionName } from '../functions/aws/env.ts';
import { createLogs } from './logs.ts';
import type { Settings } from './settings.ts';

/** One route: who answers it and how its caller proves who it is. `self`: the function verifies token or link. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly answers: FunctionName;
  readonly caller: 'iam' | 'self';
};

export const routes: readonly Route[] = [
  { method: 'POST', path: '/oauth/token', answers: 'token', caller: 'self' },
  { method: 'POST', path: '/v1/agents/{id}/token', answers: 'token', caller: 'iam' },
  { method: 'GET', path: '/.well-known/jwks.json', answers: 'token', caller: 'self' },
  { method: 'GET', path: '/.well-known/oauth-authorization-server', answers: 'token', caller: 'self' },
  { method: 'GET', path: '/openapi.json', answers: 'token', caller: 'self' },
  { method: 'POST', path: '/v1/actions', answers: 'actions', caller: 'self' },
  { method: 'POST', path: '/v1/actions:explain', answers: 'actions', caller: 'self' },
  { method: 'GET', path: '/v1/actions/{id}', answers: 'actions', caller: 'self' },
  { method: 'POST', path: '/v1/actions/{id}/withdraw', answers: 'actions', caller: 'self' },
  { method: 'POST', path: '/v1/actions/{id}/answers', answers: 'actions', caller: 'self' },
  { method: 'POST', path: '/v1/delegations', answers: 'actions', caller: 'self' },
  { method: 'POST', path: '/v1/delegations/{id}/revoke', answers: 'actions', caller: 'self' },
  { method: 'GET', path: '/v1/tools', answers: 'actions', caller: 'self' },
  { method: 'GET', path: '/v1/me', answers: 'actions', caller: 'self' },
  { method: 'POST', path: '/mcp', answers: 'mcp', caller: 'self' },
  { method: 'GET', path: '/mcp', answers: 'mcp', caller: 'self' },
  { method: 'DELETE', path: '/mcp', answers: 'mcp', caller: 'self' },
  { method: 'GET', path: '/.well-known/oauth-protected-resource', answers: 'mcp', caller: 'self' },
  { method: 'GET', path: '/.well-known/oauth-protected-resource/mcp', answers: 'mcp', caller: 'self' },
  { method: 'POST', path: '/v1/tasks/claim', answers: 'tasks', caller: 'self' },
  { method: 'POST', path: '/v1/tasks/{id}/heartbeat', answers: 'tasks', caller: 'self' },
  { method: 'POST', path: '/v1/tasks/{id}/complete', answers: 'tasks', caller: 'self' },
  { method: 'POST', path: '/v1/tasks/{id}/fail', answers: 'tasks', caller: 'self' },
  { method: 'GET', path: '/approvals/{secret}', answers: 'approval-page', caller: 'self' },
  { method: 'POST', path: '/approvals/{secret}', answers: 'approval-page', caller: 'self' },
  { method: 'GET', path: '/inbox', answers: 'inbox', caller: 'self' },
  { method: 'POST', path: '/inbox/sign-in', answers: 'inbox', caller: 'self' },
  { method: 'POST', path: '/inbox/code', answers: 'inbox', caller: 'self' },
  { method: 'POST', path: '/inbox/sign-out', answers: 'inbox', caller: 'self' },
  { method: 'GET', path: '/inbox/oidc/start', answers: 'inbox', caller: 'self' },
  { method: 'GET', path: '/inbox/oidc/callback', answers: 'inbox', caller: 'self' },
  { method: 'GET', path: '/inbox/approvals/{id}', answers: 'inbox', caller: 'self' },
  { method: 'POST', path: '/inbox/approvals/{id}', answers: 'inbox', caller: 'self' },
  { method: 'POST', path: '/slack/interactions', answers: 'slack', caller: 'self' },
  { method: 'GET', path: '/v1/approvals', answers: 'approvals', caller: 'iam' },
  { method: 'GET', path: '/v1/approvals/report', answers: 'apply', caller: 'iam' },
  { method: 'GET', path: '/v1/approvals/{id}', answers: 'approvals', caller: 'iam' },
  { method: 'POST', path: '/v1/runs', answers: 'runs', caller: 'iam' },
  { method: 'GET', path: '/v1/runs/{id}', answers: 'runs', caller: 'iam' },
  { method: 'GET', path: '/v1/switches', answers: 'switches', caller: 'iam' },
  { method: 'POST', path: '/v1/switches', answers: 'switches', caller: 'iam' },
  { method: 'POST', path: '/v1/switches/restore', answers: 'switches', caller: 'iam' },
  { method: 'PUT', path: '/v1/governance', answers: 'apply', caller: 'iam' },
  { method: 'GET', path: '/v1/governance', answers: 'apply', caller: 'iam' },
  { method: 'POST', path: '/v1/conflicts', answers: 'apply', caller: 'iam' },
  { method: 'GET', path: '/v1/releases', answers: 'apply', caller: 'iam' },
  { method: 'POST', path: '/v1/releases/{hash}/activate', answers: 'apply', caller: 'iam' },
  { method: 'POST', path: '/v1/releases', answers: 'apply', caller: 'iam' },
  { method: 'GET', path: '/v1/grants', answers: 'apply', caller: 'iam' },
  { method: 'POST', path: '/v1/grants', answers: 'apply', caller: 'iam' },
  { method: 'POST', path: '/v1/grants/{id}/revoke', answers: 'apply', caller: 'iam' },
  { method: 'GET', path: '/v1/shadow', answers: 'apply', caller: 'iam' },
  { method: 'PUT', path: '/v1/shadow', answers: 'apply', caller: 'iam' },
  { method: 'GET', path: '/v1/releases/{hash}/replay', answers: 'apply', caller: 'iam' },
  { method: 'GET', path: '/v1/decisions/{id}', answers: 'apply', caller: 'iam' },
  { method: 'GET', path: '/v1/decisions/{id}/replay', answers: 'apply', caller: 'iam' },
  { method: 'GET', path: '/v1/actions', answers: 'apply', caller: 'iam' },
  { method: 'POST', path: '/v1/actions/{id}/settle', answers: 'apply', caller: 'iam' },
  { method: 'GET', path: '/v1/components', answers: 'apply', caller: 'iam' },
  { method: 'GET', path: '/v1/tools-registry', answers: 'apply', caller: 'iam' },
  { method: 'GET', path: '/v1/tools-registry/{name}', answers: 'apply', caller: 'iam' },
  { method: 'GET', path: '/v1/agents', answers: 'apply', caller: 'iam' },
  { method: 'GET', path: '/v1/agents/{id}', answers: 'apply', caller: 'iam' },
  { method: 'POST', path: '/v1/agents/{id}/keys/{kid}/revoke', answers: 'apply', caller: 'iam' },
  { method: 'POST', path: '/v1/agents/{id}/tokens/revoke', answers: 'apply', caller: 'iam' },
  { method: 'POST', path: '/v1/tokens/revoke', answers: 'apply', caller: 'iam' },
  { method: 'GET', path: '/v1/audit/events', answers: 'audit-events', caller: 'iam' },
];

/** What the access log tells. Never the path: an approval link is a secret. */
const accessLog = {
  requestId: '$context.requestId',
  at: '$context.requestTimeEpoch',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  error: '$context.error.message',
};

/** The one address of the product, throttled, with an access log that holds no secret. */
export class GovernedApi extends Construct {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', { createDefaultStage: false });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: settings.throttle.ratePerSecond, burstLimit: settings.throttle.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(createLogs(this, 'AccessLogs', settings)),
        format: AccessLogFormat.custom(JSON.stringify(accessLog)),
      },
    });
  }

  /** Routes every request to the function that answers it. */
  answerWith(functions: Readonly<Record<FunctionName, IFunction>>): void {
    const iam = new HttpIamAuthorizer();
    const integrations = new Map<FunctionName, HttpLambdaIntegration>();
    for (const { method, path, answers, caller } of routes) {
      const integration =
        integrations.get(answers) ??
        new HttpLambdaIntegration(`${answers}-integration`, functions[answers], {
          timeout: Duration.seconds(29),
        });
      integrations.set(answers, integration);
      this.api.addRoutes({
        path,
        methods: [HttpMethod[method]],
        integration,
        ...(caller === 'iam' && { authorizer: iam }),
      });
    }
  }
}
