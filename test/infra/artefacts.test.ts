import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { environments, type FunctionName } from '../../functions/aws/env.ts';
import { productAssembly } from '../harness/assembly.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const directory = mkdtempSync(join(tmpdir(), 'autonomy-artefacts-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A shell that knows no AWS: no credentials, no profile, no region, no CDK. */
const bare = { PATH: process.env['PATH'] ?? '', HOME: directory };

const synth = (outdir: string, context: Readonly<Record<string, unknown>>) =>
  run(process.execPath, ['bin/app.ts'], {
    cwd: root,
    env: { ...bare, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) },
  });

const template = z.object({ Resources: z.record(z.string(), z.looseObject({ Type: z.string() })) });
const functionResource = z.object({
  Properties: z.object({
    Code: z.object({ S3Key: z.string().regex(/^[0-9a-f]{64}\.zip$/) }),
    Environment: z.object({
      Variables: z.looseObject({ POWERTOOLS_SERVICE_NAME: z.string().default('erp') }),
    }),
  }),
});

/** Folder of each packaged function, by its name in the contract. */
function packagesOf(outdir: string, stack: string): Readonly<Record<string, string>> {
  const file = readFileSync(join(outdir, `${stack}.template.json`), 'utf8');
  const functions = Object.values(template.parse(JSON.parse(file)).Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map((each) => functionResource.parse(each));
  return Object.fromEntries(
    functions.map(({ Properties: { Code, Environment } }) => [
      Environment.Variables.POWERTOOLS_SERVICE_NAME,
      join(outdir, `asset.${Code.S3Key.replace('.zip', '')}`),
    ]),
  );
}

/** What Lambda would set: the function's contract, each value of the right shape. */
function environmentOf(name: string): Record<string, string> {
  const { shape } = environments[name as FunctionName];
  const shaped: Readonly<Record<string, string>> = {
    API_URL: 'https://api.example.com',
    MAIL_FROM: 'approvals@example.com',
    WORKFLOW_MACHINE_ARNS: '{}',
    OIDC: '{}',
    LOOPBACK_TOOLS: 'refused',
    MAILS_PER_HOUR: '12',
    APPROVAL_LAPSE_MINUTES: '15',
    SLACK: '{"ceiling":"medium","apiUrl":"https://slack.com/api"}',
  };
  return Object.fromEntries(Object.keys(shape).map((key) => [key, shaped[key] ?? key.toLowerCase()]));
}

const load = async (folder: string, environment: Record<string, string>, event?: unknown) => {
  const file = join(folder, 'index.mjs');
  const arguments_ = [join(import.meta.dirname, 'fixtures/load-function.ts'), file];
  if (event !== undefined) arguments_.push(JSON.stringify(event));
  const env = { ...bare, ...environment, AWS_REGION: 'eu-central-1' };
  const { stdout } = await run(process.execPath, arguments_, { env });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as unknown;
};

describe('the synthesis', () => {
  let packages: Readonly<Record<string, string>> = {};
  beforeAll(async () => {
    packages = packagesOf(await productAssembly(), 'AutonomyControl-dev');
  }, 60_000);

  it('packages every function of the contract', () => {
    expect(Object.keys(packages).toSorted()).toEqual(Object.keys(environments).toSorted());
  });

  it('ships the policy engine with the functions that decide, and with no other', () => {
    const deciding = Object.keys(packages).filter((name) =>
      existsSync(join(packages[name] ?? '', 'cedar_wasm_bg.wasm')),
    );
    expect(deciding.toSorted()).toEqual(['actions', 'apply', 'execute-action', 'mcp', 'review-held']);
  });

  it('makes functions small enough to start fast: a megabyte and a half of code at most', () => {
    for (const [name, folder] of Object.entries(packages))
      expect(statSync(join(folder, 'index.mjs')).size, name).toBeLessThan(1.5 * 1024 * 1024);
  });

  it.each(Object.keys(environments))('packages a function that loads by itself: %s', async (name) => {
    expect(await load(packages[name] ?? '', environmentOf(name))).toBe('function');
  });

  it('packages an engine that works: the applier refuses a policy in the words of Cedar', async () => {
    const policy = {
      file: 'coe/a.cedar',
      line: 3,
      layer: 'coe',
      text: 'permit (principal, action',
    };
    const answer = await load(
      packages['apply'] ?? '',
      environmentOf('apply'),
      putGovernance({ manifests: [], policies: [policy] }),
    );
    expect(answer).toMatchObject({ statusCode: 422 });
    expect(JSON.stringify(answer)).toMatch(/coe\/a\.cedar:3: .*(unexpected|parse)/);
  });
});

function putGovernance(body: unknown) {
  return {
    version: '2.0',
    routeKey: 'PUT /v1/governance',
    rawPath: '/v1/governance',
    rawQueryString: 'plan=true',
    headers: { 'content-type': 'application/json', host: 'api.example.com' },
    requestContext: {
      domainName: 'api.example.com',
      http: { method: 'PUT', path: '/v1/governance' },
      authorizer: { iam: { userArn: 'arn:aws:iam::111122223333:user/test' } },
    },
    body: JSON.stringify(body),
    isBase64Encoded: false,
  };
}

describe('the app', () => {
  const quick = { 'aws:cdk:bundling-stacks': [] };

  it('takes settings from the context, as cdk deploy -c hands them on', async () => {
    const outdir = join(directory, 'prod');
    const flags = { stage: 'prod', pilot: 'true', mailFrom: 'approvals@acme.example' };
    await synth(outdir, { ...flags, 'aws:cdk:bundling-stacks': ['AutonomyPilot-prod'] });
    const control = readFileSync(join(outdir, 'AutonomyControl-prod.template.json'), 'utf8');
    expect(control).toContain('approvals@acme.example');
    const { erp = '' } = packagesOf(outdir, 'AutonomyPilot-prod');
    expect(await load(erp, { ERP_TABLE: 'erp' })).toBe('function');
  }, 60_000);

  it('is synthesized without credentials and without a region', async () => {
    const outdir = join(directory, 'bare');
    await synth(outdir, quick);
    expect(existsSync(join(outdir, 'manifest.json'))).toBe(true);
  });

  it('ends with one line and no stack when a setting is wrong', async () => {
    const failed = synth(join(directory, 'wrong'), { ...quick, mailform: 'approvals@acme.example' });
    await expect(failed).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^Error: settings of stage dev: mailform: no such setting, there are [\w, ]+\n$/,
      ) as string,
    });
  });
});
