import { createApi } from '../http/lambda.ts';
import type { ApplyDeps } from './apply-governance.ts';
import { agentRoutes } from './agent-routes.ts';
import { componentRoutes } from './component-routes.ts';
import { conflictRoutes } from './conflict-routes.ts';
import { decisionRoutes } from './decision-routes.ts';
import { grantRoutes } from './grant-routes.ts';
import { manifestRoutes } from './manifest-routes.ts';
import { unknownRoutes } from './unknown-routes.ts';
import { releaseRoutes } from './release-routes.ts';
import { toolRoutes } from './tool-routes.ts';

/**
 * Governance as code, for IAM-signed callers: apply a directory, plan it, see what is live, go back to an earlier
 * release, have a decision explained.
 */
export function createGovernanceApi(deps: ApplyDeps) {
  const app = createApi();
  for (const add of [
    manifestRoutes,
    releaseRoutes,
    decisionRoutes,
    agentRoutes,
    grantRoutes,
    toolRoutes,
    conflictRoutes,
    unknownRoutes,
    componentRoutes,
  ])
    add(app, deps);
  return app;
}
