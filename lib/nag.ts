import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Construct } from 'constructs';

/** Findings we accept, each with its reason; `on` is the resource, `[detail]` where the rule asks for it. */
export type Acknowledgement = { readonly id: string; readonly reason: string };

/** Adds the AWS Solutions checks; an error stops the synthesis. */
export function addChecks(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks());
}

/** Accepts findings on one construct and everything in it. */
export function acknowledge(construct: Construct, acknowledgements: readonly Acknowledgement[]): void {
  for (const { id, reason } of acknowledgements) Validations.of(construct).acknowledge({ id, reason });
}
