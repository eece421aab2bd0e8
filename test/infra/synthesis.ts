import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { buildApp } from '../../lib/build-app.ts';
import type { Overrides } from '../../lib/settings.ts';

const resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
});
const template = z.looseObject({ Resources: z.record(z.string(), resource) });
export type Resource = z.infer<typeof resource> & { readonly id: string };
export type Template = z.infer<typeof template>;

const violation = z.object({
  ruleName: z.string(),
  acknowledgedId: z.string().optional(),
  violatingConstructs: z.array(z.object({ constructPath: z.string() })),
});
const report = z.object({
  pluginReports: z.array(
    z.object({
      pluginName: z.string(),
      conclusion: z.string(),
      violations: z.array(violation),
      suppressedViolations: z.array(violation),
    }),
  ),
});

const metadata = z.record(z.string(), z.array(z.object({ type: z.string(), data: z.unknown() })));

const stackNames = ['Data', 'Control', 'Observability', 'Pilot'] as const;
export type StackName = (typeof stackNames)[number];

export type Synthesis = ReturnType<typeof synthesize>;
const made = new Map<string, Synthesis>();
const directory = mkdtempSync(join(tmpdir(), 'autonomy-infra-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));

/**
 * The app's templates and validation report, made once per test file. Functions are not bundled: their code is the
 * business of artefacts.test.ts.
 */
export function synthesized(stage: 'dev' | 'prod', overrides: Overrides = {}): Synthesis {
  const key = JSON.stringify([stage, overrides]);
  const known = made.get(key) ?? synthesize(stage, overrides, join(directory, String(made.size)));
  made.set(key, known);
  return known;
}

function synthesize(stage: string, overrides: Overrides, outdir: string) {
  const app = new App({
    outdir,
    analyticsReporting: false,
    context: { 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:validationReportJson': true },
  });
  const stacks = buildApp(app, stage, overrides);
  app.synth();
  const file = (name: StackName) => join(outdir, `Autonomy${name}-${stage}.template.json`);
  const present = stackNames.filter((name) => name !== 'Pilot' || stacks.pilot !== undefined);
  const templates = Object.fromEntries(present.map((name) => [name, template.parse(readJson(file(name)))]));
  return {
    outdir,
    control: stacks.control,
    files: present.map(file),
    templates: templates as Readonly<Partial<Record<StackName, Template>>>,
    /** What the CLI prints of a stack before it deploys. */
    warningsOf: (name: StackName) =>
      metadata
        .parse(readJson(file(name).replace('.template.', '.metadata.')))
        [`/Autonomy${name}-${stage}`]?.flatMap(({ type, data }) =>
          type === 'aws:cdk:warning' ? [data] : [],
        ) ?? [],
    report: report.parse(readJson(join(outdir, 'validation-report.json'))),
    /** All resources of a type, in every stack. */
    ofType: (type: string): readonly Resource[] =>
      Object.values(templates).flatMap((each) => ofType(each, type)),
  };
}

function ofType({ Resources }: Template, type: string): readonly Resource[] {
  const found = Object.entries(Resources).filter(([, { Type }]) => Type === type);
  return found.map(([id, each]) => ({ id, ...each }));
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

/** Every stage, and the pilot beside the control plane. */
export const deployments = [
  ['dev', {}],
  ['prod', {}],
  ['dev', { pilot: true }],
  ['prod', { alarmMail: 'on-call@example.org', doorConcurrency: 50, mailIdentity: 'exists' }],
] as const;
