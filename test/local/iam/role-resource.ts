import { createIam, type Iam } from '../../../local/iam/iam.ts';
import type { Resource } from '../../../local/service.ts';

export const ROLE = 'arn:aws:iam::000000000000:role/Clerk';

export type StatementSource = Readonly<Record<string, unknown>>;

/** IAM for a template with the one role `Test/Clerk`, whose policy holds `statements`. */
export function iamWith(...statements: readonly StatementSource[]): Iam {
  const PolicyDocument = { Version: '2012-10-17', Statement: statements };
  return createIam([role({ Policies: [{ PolicyName: 'inline', PolicyDocument }] })]);
}

export function role(properties: Readonly<Record<string, unknown>>): Resource {
  const Principal = { Service: 'lambda.amazonaws.com' };
  const AssumeRolePolicyDocument = { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] };
  return {
    stack: 'Test',
    logicalId: 'Clerk',
    type: 'AWS::IAM::Role',
    ref: 'Clerk',
    arn: ROLE,
    properties: { AssumeRolePolicyDocument, ...properties },
  };
}
