import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildApp } from '../../lib/build-app.ts';
import { acceptedFindings } from '../../lib/nag.ts';
import { readSettings } from '../../lib/settings.ts';
import { deployments, synthesized } from './synthesis.ts';

const pluginOf = (app: ReturnType<typeof synthesized>) =>
  app.report.pluginReports.find(({ pluginName }) => pluginName === 'AwsSolutions');

describe.each(deployments)('the AWS Solutions checks of %s %j', (stage, overrides) => {
  const app = synthesized(stage, overrides);
  const accepted = acceptedFindings(readSettings(stage, overrides), app.control);

  it('pass', () => {
    expect(pluginOf(app)).toMatchObject({ conclusion: 'success', violations: [] });
  });

  it('accept nothing without a sentence that says why', () => {
    for (const [rule, reason] of Object.entries(accepted))
      expect(reason, rule).toMatch(/^[A-Z][^\n]{40,}\.$/);
  });

  it('accept nothing that is no longer found', () => {
    const found = new Set(pluginOf(app)?.suppressedViolations.map(({ acknowledgedId }) => acknowledgedId));
    const stale = Object.keys(accepted).filter((rule) => !found.has(`AwsSolutions::AwsSolutions-${rule}`));
    expect(stale).toEqual([]);
  });
});

describe('a finding that nobody accepted', () => {
  it('stops the synthesis', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'autonomy-nag-'));
    const app = new App({ outdir, analyticsReporting: false, context: { 'aws:cdk:bundling-stacks': [] } });
    buildApp(app, 'dev');
    new Bucket(new Stack(app, 'Careless'), 'Open');
    expect(() => app.synth()).toThrow(/AwsSolutions/);
    rmSync(outdir, { recursive: true });
  });
});
