import { Duration } from 'aws-cdk-lib';
import type { Site } from './site.ts';

/** Governance: the directory is applied, the audit log read. */
export function governanceFunctions({ add, may, settings, told: { tables, releases, tools } }: Site) {
  return {
    apply: add('apply', {
      entry: 'governance/apply',
      environment: { ...tables, ...releases },
      permissions: [
        ...may.readRows(),
        may.queryIndex('list'),
        may.commit('dynamodb:UpdateItem'),
        may.append(),
        may.readReleases(),
        may.writeReleases(),
        ...may.replayDecisions(),
      ],
      timeout: Duration.seconds(29),
      memorySize: 1024,
      decides: true,
    }),
    'watch-certifications': add('watch-certifications', {
      entry: 'governance/watch-certifications',
      environment: { ...tables, MAIL_FROM: settings.mailFrom },
      permissions: [
        ...may.readRows(),
        may.queryIndex('list'),
        may.commit('dynamodb:UpdateItem'),
        may.append(),
        may.sendMail(settings.mailFrom),
      ],
      timeout: Duration.minutes(5),
    }),
    'watch-tools': add('watch-tools', {
      entry: 'governance/watch-tools',
      environment: { ...tables, ...releases, ...tools },
      permissions: [
        ...may.readRows(),
        may.commit(),
        may.append(),
        may.readReleases(),
        may.readSystemSecrets(),
      ],
      timeout: Duration.minutes(5),
      memorySize: 512,
    }),
    'audit-events': add('audit-events', {
      entry: 'audit/audit-events',
      environment: { AUDIT_TABLE: tables.AUDIT_TABLE },
      permissions: may.readAudit(),
      timeout: Duration.seconds(29),
    }),
  };
}
