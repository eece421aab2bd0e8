import { createAwsDoor } from './answer-aws.ts';
import { createConsole } from './console/console.ts';
import type { HttpReply, HttpRequest } from './endpoint.ts';
import { readApi } from './http-api/api.ts';
import { serveApi } from './http-api/serve-api.ts';
import { authenticate, signedService } from './iam/signature.ts';
import type { Parts } from './parts.ts';
import { viewExecutions } from './step-functions/executions-view.ts';
import type { World } from './world.ts';

/** One port for everything: the console by its path, AWS's APIs by the signature's service, the rest is the HTTP API. */
export function createRouter(
  { resources, url, iam, credentials, now }: World,
  { services, compute, queues, events, machines, metrics, inbox }: Parts,
): (request: HttpRequest) => Promise<HttpReply> {
  const { authorize } = iam;
  const identify = (request: HttpRequest) => authenticate(request, credentials, now());
  const aws = createAwsDoor({ services, identify, authorize });
  const api = readApi(resources, compute.requirePermission);
  const serve = api && serveApi({ api, invoke: compute.invoke, identify, authorize, now });
  const local = createConsole({
    resources,
    url,
    inbox,
    metrics,
    executions: viewExecutions(machines.store),
    queueDepths: queues.depths,
    identify,
    runSchedule: events.runSchedule,
    now,
  });
  return (request) => {
    const signedFor = signedService(request.headers);
    if (request.path.startsWith('/_local')) return local(request);
    if (signedFor !== undefined && signedFor !== 'execute-api') return aws(signedFor, request);
    return serve ? serve(request) : Promise.resolve(NOTHING_HERE);
  };
}

const NOTHING_HERE: HttpReply = {
  status: 404,
  headers: { 'content-type': 'application/json' },
  body: '{"message":"Not Found"}',
};
