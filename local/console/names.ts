import type { Resource } from '../service.ts';

/** How people read a resource's generated name: `…-ApprovalMachine72D3AA98` is the `Approval machine`. */
export type Names = (generated: string) => string;

const NAMED: ReadonlySet<string> = new Set([
  'AWS::Lambda::Function',
  'AWS::StepFunctions::StateMachine',
  'AWS::SQS::Queue',
]);

/** Knows functions, machines and queues by name, ARN and `Ref`; any other name stays as it is. */
export function createNames(resources: readonly Resource[]): Names {
  const known = new Map<string, string>();
  for (const { type, ref, arn, logicalId } of resources) {
    if (!NAMED.has(type)) continue;
    for (const name of [ref, arn, arn.split(':').at(-1) ?? ref]) known.set(name, words(logicalId));
  }
  return (generated) => known.get(generated) ?? generated;
}

/** A logical id without CDK's hash, as words: `RelayStreamParked2FD8CA31` is `Relay stream parked`. */
export function words(logicalId: string): string {
  const [first = '', ...others] = logicalId
    .replace(/[0-9A-F]{8}$/, '')
    .split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/);
  return [first, ...others.map((word) => (/^[A-Z]+$/.test(word) ? word : word.toLowerCase()))].join(' ');
}
