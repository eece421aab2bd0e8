import { AwsError, type Caller, type Permission, type Resource } from '../service.ts';
import { matcher } from './pattern.ts';
import { readRoles, type Role } from './roles.ts';
import { evaluate } from './statement.ts';

/** One permission of one role, as its policy writes it. */
export type RoleGrant = { readonly role: string; readonly action: string; readonly resource: string };

export type IamUsage = {
  /** Everything any role is allowed; roles are named `<stack>/<logicalId>`. */
  readonly granted: readonly RoleGrant[];
  /** The part of it that allowed something so far. */
  readonly used: readonly RoleGrant[];
  /** What was asked for and refused, in the words of the request. */
  readonly refusals: readonly RoleGrant[];
};

/** Answers for every role of the template what IAM would, and remembers what was asked. */
export type Iam = {
  readonly roles: readonly Role[];
  /** Throws `AccessDeniedException` naming action, resource and role; the administrator may do everything, a workload ask for a token. */
  readonly authorize: (caller: Caller, permission: Permission) => void;
  /** The same answer as a value; a role the template does not have is allowed nothing. */
  readonly allows: (roleArn: string, permission: Permission) => boolean;
  readonly usage: () => IamUsage;
};

export function createIam(resources: readonly Resource[]): Iam {
  const roles = readRoles(resources);
  const byArn = new Map(roles.map((role) => [role.arn, role]));
  const used = new Map<string, RoleGrant>();
  const refusals = new Map<string, RoleGrant>();

  const refusalOf = (roleArn: string, permission: Permission): string | undefined => {
    const role = byArn.get(roleArn);
    if (!role) return 'because the template has no such role';
    const verdict = evaluate(role.statements, permission);
    const grants = verdict.allowed ? verdict.by : [permission];
    for (const { action, resource } of grants) {
      const grant = { role: nameOf(role), action, resource };
      (verdict.allowed ? used : refusals).set(`${grant.role} ${action} ${resource}`, grant);
    }
    return verdict.allowed ? undefined : verdict.why;
  };

  return {
    roles,
    authorize: (caller, permission) => {
      if (caller.kind === 'administrator') return;
      const why = caller.kind === 'role' ? refusalOf(caller.arn, permission) : workloadRefusal(permission);
      if (why !== undefined) throw accessDenied(caller.arn, permission, why);
    },
    allows: (roleArn, permission) => refusalOf(roleArn, permission) === undefined,
    usage: () => ({
      granted: roles.flatMap(grantsOf),
      used: [...used.values()],
      refusals: [...refusals.values()],
    }),
  };
}

const asksForToken = matcher('arn:aws:execute-api:*/POST/v1/agents/*/token');

/** The policy of the role that an agent runs as: it asks for a token, and nothing else is AWS's to allow it. */
function workloadRefusal({ action, resource }: Permission): string | undefined {
  const allowed = action === 'execute-api:Invoke' && asksForToken(resource);
  return allowed ? undefined : "because its role allows execute-api:Invoke on an agent's token alone";
}

function accessDenied(arn: string, { action, resource }: Permission, why: string): AwsError {
  const message = `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
  return new AwsError('AccessDeniedException', message, 400);
}

function nameOf(role: Role): string {
  return `${role.stack}/${role.logicalId}`;
}

function grantsOf(role: Role): RoleGrant[] {
  return role.statements
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ actions, resources }) =>
      actions.flatMap((action) =>
        resources.map((resource) => ({ role: nameOf(role), action: action.text, resource: resource.text })),
      ),
    );
}
