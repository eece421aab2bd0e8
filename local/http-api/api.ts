import * as z from 'zod';
import { BootError } from '../boot-error.ts';
import type { RequirePermission } from '../lambda/resource-policy.ts';
import { ACCOUNT, REGION, type Resource } from '../service.ts';
import { readResources } from '../template/read-properties.ts';
import { type PathPattern, pathPattern } from './path-pattern.ts';

/** One route of the HTTP API. */
export type Route = {
  /** As the template writes it, e.g. `POST /v1/actions` or `$default`. */
  readonly key: string;
  readonly method: string;
  readonly path: PathPattern | 'default';
  readonly signed: boolean;
  readonly functionArn: string;
  /** How long API Gateway waits for the function. */
  readonly limitMs: number;
};

export type Throttle = { readonly ratePerSecond: number; readonly burst: number };

export type Api = {
  readonly id: string;
  readonly routes: readonly Route[];
  readonly throttleOf: (routeKey: string) => Throttle | undefined;
};

const apiProperties = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  Tags: z.unknown().optional(),
  ProtocolType: z.literal('HTTP'),
  DisableExecuteApiEndpoint: z.literal(false).optional(),
});
const routeProperties = z.strictObject({
  ApiId: z.string(),
  RouteKey: z.string(),
  Target: z.string(),
  AuthorizationType: z.enum(['NONE', 'AWS_IAM']).default('NONE'),
  OperationName: z.string().optional(),
});
const integrationProperties = z.strictObject({
  ApiId: z.string(),
  Description: z.string().optional(),
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  IntegrationMethod: z.string().optional(),
  PayloadFormatVersion: z.literal('2.0'),
  TimeoutInMillis: z.coerce.number().max(30_000).default(30_000),
});
const limits = z.looseObject({
  ThrottlingRateLimit: z.coerce.number().optional(),
  ThrottlingBurstLimit: z.coerce.number().optional(),
  DetailedMetricsEnabled: z.unknown().optional(),
});
const stageProperties = z.strictObject({
  ApiId: z.string(),
  StageName: z.literal('$default'),
  AutoDeploy: z.unknown().optional(),
  Description: z.string().optional(),
  Tags: z.unknown().optional(),
  /** Access logs are CloudWatch's; the laptop writes none. */
  AccessLogSettings: z.unknown().optional(),
  DefaultRouteSettings: limits.optional(),
  RouteSettings: z.record(z.string(), limits).default({}),
});

/** The template's HTTP API; `undefined` when it has none. More than one cannot share the one port. */
export function readApi(
  resources: readonly Resource[],
  requirePermission: RequirePermission,
): Api | undefined {
  const [api, ...others] = readResources(resources, 'AWS::ApiGatewayV2::Api', apiProperties);
  if (!api) return undefined;
  if (others.length > 0) throw new BootError('the laptop serves one HTTP API; the template has several');
  const stage = readResources(resources, 'AWS::ApiGatewayV2::Stage', stageProperties)[0]?.properties;
  if (!stage) throw new BootError(`the HTTP API ${api.resource.logicalId} has no $default stage`);
  const routes = readRoutes(resources);
  for (const { key, functionArn } of routes) {
    const sourceArn = `arn:aws:execute-api:${REGION}:${ACCOUNT}:${api.resource.ref}/$default/${sourceOf(key)}`;
    requirePermission({ functionArn, principal: 'apigateway.amazonaws.com', sourceArn });
  }
  return {
    id: api.resource.ref,
    routes: routes.sort((a, b) => (rankOf(a) < rankOf(b) ? 1 : -1)),
    throttleOf: (key) => throttle({ ...stage.DefaultRouteSettings, ...stage.RouteSettings[key] }),
  };
}

/** `POST /v1/actions` is `POST/v1/actions` in an ARN. */
function sourceOf(routeKey: string): string {
  return routeKey.replace(' ', '').replace(/^ANY\//, '*/');
}

/** Path before method: a fixed path with `ANY` wins over a parameter with the exact method. */
function rankOf({ path, method }: Route): string {
  return `${path === 'default' ? '' : path.rank}${method === 'ANY' ? '0' : '1'}`;
}

function readRoutes(resources: readonly Resource[]): Route[] {
  const integrations = new Map(
    readResources(resources, 'AWS::ApiGatewayV2::Integration', integrationProperties).map(
      ({ resource, properties }) => [`integrations/${resource.ref}`, properties],
    ),
  );
  return readResources(resources, 'AWS::ApiGatewayV2::Route', routeProperties).map(
    ({ properties: route }) => {
      const integration = integrations.get(route.Target);
      if (!integration) throw new BootError(`the route ${route.RouteKey} has no integration`);
      const [method = '', path = ''] = route.RouteKey.split(' ');
      return {
        key: route.RouteKey,
        method: path === '' ? 'ANY' : method,
        path: path === '' ? 'default' : pathPattern(path),
        signed: route.AuthorizationType === 'AWS_IAM',
        functionArn: functionOf(integration.IntegrationUri),
        limitMs: integration.TimeoutInMillis,
      };
    },
  );
}

function functionOf(uri: string): string {
  return /functions\/(arn:aws:lambda:[^/]+)\/invocations$/.exec(uri)?.[1] ?? uri;
}

function throttle(settings: z.infer<typeof limits>): Throttle | undefined {
  const { ThrottlingRateLimit: ratePerSecond, ThrottlingBurstLimit: burst } = settings;
  return ratePerSecond !== undefined && burst !== undefined ? { ratePerSecond, burst } : undefined;
}
