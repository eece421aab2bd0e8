import * as z from 'zod';

const definition = z.strictObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Condition: z.string().optional(),
  /** Order and life of resources are CloudFormation's business; the laptop makes all and deletes none. */
  DependsOn: z.unknown().optional(),
  DeletionPolicy: z.unknown().optional(),
  UpdateReplacePolicy: z.unknown().optional(),
  UpdatePolicy: z.undefined().optional(),
  CreationPolicy: z.undefined().optional(),
  Metadata: z.unknown().optional(),
});

/** The sections of a CloudFormation template that the laptop understands; any other section is refused. */
export const templateSchema = z.strictObject({
  AWSTemplateFormatVersion: z.string().optional(),
  Description: z.string().optional(),
  Metadata: z.unknown().optional(),
  Rules: z.unknown().optional(),
  Parameters: z
    .record(z.string(), z.looseObject({ Type: z.string(), Default: z.unknown().optional() }))
    .default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), definition).default({}),
  Outputs: z
    .record(
      z.string(),
      z.looseObject({
        Value: z.unknown(),
        Condition: z.string().optional(),
        Export: z.object({ Name: z.unknown() }).optional(),
      }),
    )
    .default({}),
});

export type Template = z.infer<typeof templateSchema>;
export type Definition = z.infer<typeof definition>;
