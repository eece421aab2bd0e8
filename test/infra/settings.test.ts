import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readContext } from '../../lib/read-context.ts';
import { readSettings, settingNames, SettingsError } from '../../lib/settings.ts';

describe('settings', () => {
  it('are those of the stage when nobody overrides them', () => {
    expect(readSettings('dev')).toMatchObject({ stage: 'dev', keepData: false, pilot: false });
    expect(readSettings('prod')).toMatchObject({ stage: 'prod', keepData: true, pilot: false });
  });

  it('may be overridden one by one', () => {
    const overrides = { mailFrom: 'approvals@acme.example', doorConcurrency: 20, pilot: true };
    expect(readSettings('prod', overrides)).toMatchObject({ ...overrides, keepData: true });
  });

  it.each([
    ['an unknown stage', 'production', {}, 'stage production is not known: use one of dev, prod'],
    ['a stage that is a word of JavaScript', 'constructor', {}, 'stage constructor is not known'],
    [
      'a misspelt setting',
      'dev',
      { mailform: 'a@acme.example' },
      'settings of stage dev: mailform: no such setting',
    ],
    ['another stage in disguise', 'dev', { stage: 'prod' }, 'settings of stage dev: stage: no such setting'],
    [
      'an address that is none',
      'dev',
      { mailFrom: 'approvals' },
      'settings of stage dev: mailFrom: Invalid email',
    ],
    ['days CloudWatch does not know', 'dev', { logRetentionDays: 8 }, 'logRetentionDays: Invalid option'],
    [
      'half a provider',
      'dev',
      { oidcIssuer: 'https://login.acme.example' },
      'set oidcIssuer and oidcClientId together',
    ],
    ['half a throttle', 'dev', { throttle: { ratePerSecond: 5 } }, 'throttle.burst: Invalid input'],
    [
      'a throttle of nothing',
      'dev',
      { throttle: { ratePerSecond: 0, burst: 1 } },
      'throttle.ratePerSecond: Too small',
    ],
    ['concurrency in words', 'dev', { doorConcurrency: 'many' }, 'doorConcurrency: Invalid input'],
    ['a pilot that is neither', 'dev', { pilot: 'maybe' }, 'pilot: Invalid input'],
    ['an identity nobody knows', 'dev', { mailIdentity: 'verified' }, 'mailIdentity: Invalid option'],
  ])('refuse %s in one line that names it', (_, stage, overrides, line) => {
    const read = () => readSettings(stage, overrides);
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(line);
    expect(read).not.toThrow('\n');
  });

  it('tell of every mistake at once', () => {
    expect(() => readSettings('dev', { mailFrom: 'x', pilot: 1 })).toThrow(/mailFrom: .*; pilot: /);
  });
});

describe('docs/deploy.md', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/deploy.md'), 'utf8');

  it('tells of every setting and of no other, with its value in each stage', () => {
    const rows = [...text.matchAll(/^\| `(\w+)` +\| (.+?) +\| (.+?) +\|/gm)].map(([, ...cells]) => cells);
    expect(rows.map(([name]) => name)).toEqual(settingNames);
    const [dev, prod] = [readSettings('dev'), readSettings('prod')].map((all) => Object.entries(all));
    for (const [name, ...told] of rows) {
      const values = [dev, prod].map((all) => all?.find(([key]) => key === name)?.[1]);
      expect(told, name).toEqual(values.map(spelled));
    }
  });
});

function spelled(value: unknown): unknown {
  if (value === undefined) return expect.stringMatching(/^(none|nobody)$/);
  if (typeof value === 'object' && value) return Object.values(value).join(' / ');
  const text = JSON.stringify(value).replaceAll('"', '');
  return typeof value === 'number' ? text : `\`${text}\``;
}

describe('the context of a deployment', () => {
  it('means dev when it says nothing', () => {
    expect(readContext({ 'aws:cdk:version': '2' })).toEqual({ stage: 'dev', overrides: {} });
  });

  it('reads flags as what they say', () => {
    const flags = { stage: 'prod', pilot: 'true', doorConcurrency: '50', mailFrom: 'a@acme.example' };
    expect(readContext(flags)).toEqual({
      stage: 'prod',
      overrides: { pilot: true, doorConcurrency: 50, mailFrom: 'a@acme.example' },
    });
  });

  it('takes from cdk.json what stands there for this stage, and flags before it', () => {
    const autonomy = {
      dev: { pilot: true },
      prod: { mailFrom: 'file@acme.example', alarmMail: 'on-call@acme.example' },
    };
    expect(readContext({ autonomy, stage: 'prod', mailFrom: 'flag@acme.example' }).overrides).toEqual({
      mailFrom: 'flag@acme.example',
      alarmMail: 'on-call@acme.example',
    });
    expect(readContext({ autonomy }).overrides).toEqual({ pilot: true });
  });

  it('leaves the keys of CDK to CDK', () => {
    const found = { '@aws-cdk/core:validationReportJson': true, 'aws:cdk:bundling-stacks': [], 'cdk-nag': 1 };
    expect(readContext(found).overrides).toEqual({});
  });

  it('takes a plain word for a setting, so that a misspelt flag is refused', () => {
    const { stage, overrides } = readContext({ mailform: 'a@acme.example' });
    expect(() => readSettings(stage, overrides)).toThrow('mailform: no such setting');
  });

  it.each([
    [{ autonomy: { production: {} } }, 'context autonomy: Unrecognized key: "production"'],
    [{ autonomy: 'prod' }, 'context autonomy: '],
    [{ stage: 7 }, 'context stage: '],
  ])('refuses %j', (found, line) => {
    expect(() => readContext(found)).toThrow(SettingsError);
    expect(() => readContext(found)).toThrow(line);
  });
});
