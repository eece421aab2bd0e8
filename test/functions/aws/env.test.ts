import { describe, expect, it } from 'vitest';
import { environments, type FunctionName, readEnvironment } from '../../../functions/aws/env.ts';

const all = {
  STAGE: 'test',
  POWERTOOLS_SERVICE_NAME: 'autonomy',
  REGISTRY_TABLE: 'registry',
  AUDIT_TABLE: 'audit',
  API_URL: 'https://api.example.com',
  TOKEN_KEY_ID: 'key',
  RELEASES_BUCKET: 'releases',
  MAIL_FROM: 'autonomy@example.com',
  MAIL_CONFIGURATION_SET: 'mails',
  MAILS_PER_HOUR: '12',
  APPROVAL_LAPSE_MINUTES: '15',
  OIDC: '{}',
  SLACK: '{}',
  EVENT_BUS_NAME: 'bus',
  APPROVAL_MACHINE_ARN: 'arn:approval',
  WORKFLOW_MACHINE_ARNS: '{}',
  EXECUTE_ACTION_ARN: 'arn:execute',
  LOOPBACK_TOOLS: 'refused',
  PATH: '/usr/bin',
};
const names = Object.keys(environments) as FunctionName[];

describe('the environment of a function', () => {
  it.each(names)('%s finds its own settings and no others', (name) => {
    const read = readEnvironment(name, all);
    expect(Object.keys(read).sort()).toEqual(Object.keys(environments[name].shape).sort());
    expect(read).not.toHaveProperty('PATH');
  });

  it.each(names)('%s names every setting that is missing, at once', (name) => {
    const wanted = Object.keys(environments[name].shape);
    const fail = () => readEnvironment(name, {});
    expect(fail).toThrow(expect.objectContaining({ name: 'SettingsInvalid' }));
    for (const setting of wanted) expect(fail).toThrow(setting);
  });

  it('refuses settings that are no addresses', () => {
    expect(() =>
      readEnvironment('request-approval', { ...all, API_URL: 'api', MAIL_FROM: 'nobody' }),
    ).toThrow('request-approval: set these environment variables: API_URL, MAIL_FROM');
  });

  it('gives the relay no right to know of the audit table', () => {
    expect(readEnvironment('relay', all)).not.toHaveProperty('AUDIT_TABLE');
  });
});
