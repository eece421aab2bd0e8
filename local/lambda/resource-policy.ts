import * as z from 'zod';
import { BootError } from '../boot-error.ts';
import { matcher } from '../iam/pattern.ts';
import type { Resource } from '../service.ts';
import { readResources } from '../template/read-properties.ts';
import type { Directory } from './invoke.ts';

const properties = z.strictObject({
  Action: z.literal('lambda:InvokeFunction'),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
});

/** Refuses to boot a template in which an AWS service may not invoke the function that it is wired to. */
export type RequirePermission = (wish: {
  readonly functionArn: string;
  /** The AWS service, e.g. `events.amazonaws.com`. */
  readonly principal: string;
  readonly sourceArn: string;
}) => void;

/** The functions' resource policies, as the template's `AWS::Lambda::Permission`s make them. */
export function createResourcePolicies(resources: readonly Resource[], find: Directory): RequirePermission {
  const permissions = readResources(resources, 'AWS::Lambda::Permission', properties).map(
    ({ properties: each }) => ({ ...each, functionArn: find(each.FunctionName).arn }),
  );
  return ({ functionArn, principal, sourceArn }) => {
    const admitted = permissions.some(
      (each) =>
        each.functionArn === functionArn &&
        each.Principal === principal &&
        (each.SourceArn === undefined || matcher(each.SourceArn)(sourceArn)),
    );
    if (admitted) return;
    throw new BootError(`${functionArn}: its resource policy does not admit ${principal} for ${sourceArn}`);
  };
}
