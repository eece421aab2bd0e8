import * as z from 'zod';
import { BootError } from '../boot-error.ts';
import type { Resource } from '../service.ts';
import { readProperties, readResources } from '../template/read-properties.ts';
import { awsManagedPolicy } from './managed-policies.ts';
import { readPolicy, type Statement } from './statement.ts';

export type Role = {
  readonly arn: string;
  readonly name: string;
  readonly logicalId: string;
  readonly stack: string;
  /** Services that may act in its name, e.g. `lambda.amazonaws.com`. */
  readonly trusts: readonly string[];
  readonly statements: readonly Statement[];
};

const services = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? [value] : value));

const roleProperties = z.strictObject({
  RoleName: z.string().optional(),
  Description: z.string().optional(),
  MaxSessionDuration: z.number().optional(),
  Tags: z.unknown().optional(),
  AssumeRolePolicyDocument: z.object({
    Statement: z.array(z.object({ Principal: z.object({ Service: services.default([]) }) })),
  }),
  ManagedPolicyArns: z.array(z.string()).default([]),
  Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: z.unknown() })).default([]),
});

const attachedPolicy = z.strictObject({
  PolicyName: z.string().optional(),
  ManagedPolicyName: z.string().optional(),
  Description: z.string().optional(),
  Path: z.string().optional(),
  PolicyDocument: z.unknown(),
  Roles: z.array(z.string()).default([]),
});

/** Every role of the template with all its policies: inline, attached, customer-managed and AWS-managed. */
export function readRoles(resources: readonly Resource[]): readonly Role[] {
  return resources
    .filter(({ type }) => type === 'AWS::IAM::Role')
    .map((resource) => {
      const properties = readProperties(resource, roleProperties);
      const at = `${resource.stack}/${resource.logicalId}`;
      return {
        arn: resource.arn,
        name: resource.ref,
        logicalId: resource.logicalId,
        stack: resource.stack,
        trusts: properties.AssumeRolePolicyDocument.Statement.flatMap(({ Principal }) => Principal.Service),
        statements: [
          ...properties.Policies.flatMap(({ PolicyDocument }) => readPolicy(PolicyDocument, at)),
          ...properties.ManagedPolicyArns.flatMap((arn) => managedPolicy(arn, resources, at)),
          ...attachedTo(resource.ref, resources),
        ],
      };
    });
}

function attachedTo(role: string, resources: readonly Resource[]): Statement[] {
  return ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy']
    .flatMap((type) => readResources(resources, type, attachedPolicy))
    .filter(({ properties }) => properties.Roles.includes(role))
    .flatMap(({ resource, properties }) =>
      readPolicy(properties.PolicyDocument, `${resource.stack}/${resource.logicalId}`),
    );
}

function managedPolicy(arn: string, resources: readonly Resource[], at: string): readonly Statement[] {
  if (arn.startsWith('arn:aws:iam::aws:policy/')) return readPolicy(awsManagedPolicy(arn, at), at);
  const own = resources.find(
    (resource) => resource.arn === arn && resource.type === 'AWS::IAM::ManagedPolicy',
  );
  if (!own) throw new BootError(`${at}: the managed policy ${arn} is not in the template`);
  return readPolicy(readProperties(own, attachedPolicy).PolicyDocument, at);
}
