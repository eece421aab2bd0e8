import * as z from 'zod';
import { BootError } from '../boot-error.ts';
import type { Resource } from '../service.ts';
import { readResources } from '../template/read-properties.ts';
import { type EventTest, eventPattern } from './pattern.ts';
import { readSchedule, type Schedule } from './schedule.ts';

export type Target = {
  readonly arn: string;
  readonly kind: 'function' | 'queue';
  /** Sent in place of the event, where the template gives it. */
  readonly input: unknown;
};

/** A rule of the template that is switched on. */
export type Rule = {
  readonly name: string;
  readonly logicalId: string;
  readonly arn: string;
  readonly bus: string;
  readonly matches: EventTest;
  readonly schedule: Schedule | undefined;
  readonly targets: readonly Target[];
};

const properties = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  Tags: z.unknown().optional(),
  EventBusName: z.string().default('default'),
  EventPattern: z.unknown().optional(),
  ScheduleExpression: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z
    .array(
      z.strictObject({
        Id: z.string(),
        Arn: z.string(),
        Input: z.string().optional(),
        /** Delivery on the laptop is a write to a queue on disk: nothing is left to retry or to park. */
        RetryPolicy: z.unknown().optional(),
        DeadLetterConfig: z.unknown().optional(),
      }),
    )
    .default([]),
});

export function readRules(resources: readonly Resource[]): readonly Rule[] {
  return readResources(resources, 'AWS::Events::Rule', properties)
    .filter(({ properties: p }) => p.State === 'ENABLED')
    .map(({ resource, properties: p }) => {
      const at = `${resource.stack}/${resource.logicalId}`;
      return {
        name: resource.ref.split('|').at(-1) ?? resource.ref,
        logicalId: resource.logicalId,
        arn: resource.arn,
        bus: busName(p.EventBusName),
        matches: p.EventPattern === undefined ? () => false : eventPattern(p.EventPattern, at),
        schedule: p.ScheduleExpression === undefined ? undefined : readSchedule(p.ScheduleExpression, at),
        targets: p.Targets.map(({ Arn, Input }) => ({
          arn: Arn,
          kind: kindOf(Arn, at),
          input: Input === undefined ? undefined : (JSON.parse(Input) as unknown),
        })),
      };
    });
}

export function busName(nameOrArn: string): string {
  return nameOrArn.replace(/^arn:.*:event-bus\//, '');
}

function kindOf(arn: string, at: string): Target['kind'] {
  if (arn.startsWith('arn:aws:lambda:')) return 'function';
  if (arn.startsWith('arn:aws:sqs:')) return 'queue';
  throw new BootError(`${at}: events to ${arn} are not delivered on the laptop`);
}
