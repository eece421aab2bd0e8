import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { GovernedMachine } from '../governed-machine.ts';
import { mailTroubles } from '../mail-sender.ts';
import type { Site } from './site.ts';

/** Mails that came back, and digests in place of many mails. */
export function mailFunctions(
  { add, may, told, settings }: Site,
  { approval }: { readonly approval: GovernedMachine },
) {
  const { tables, api, mails } = told;
  return {
    'mail-trouble': add('mail-trouble', {
      entry: 'approval/mail-trouble',
      environment: tables,
      permissions: [
        ...may.readRows(),
        may.queryIndex('open'),
        may.commit(),
        may.append(),
        may.failSteps([approval]),
      ],
      timeout: Duration.seconds(30),
    }),
    'mail-digests': add('mail-digests', {
      entry: 'approval/mail-digests',
      environment: { REGISTRY_TABLE: tables.REGISTRY_TABLE, ...api, ...mails },
      permissions: [
        ...may.readRows(),
        may.queryIndex('open'),
        may.countMails(),
        may.sendMail(settings.mailFrom, mails.MAIL_CONFIGURATION_SET),
      ],
      timeout: Duration.minutes(1),
    }),
  };
}

/**
 * Mails of our own configuration set that came back, told by SES itself: nobody else may put events of a source that
 * begins with `aws.` on a bus. Digests go out by a schedule.
 */
export function wireMails(
  scope: Construct,
  functions: ReturnType<typeof mailFunctions>,
  mailSet: string,
): void {
  new Rule(scope, 'MailReturned', {
    eventPattern: {
      source: ['aws.ses'],
      detailType: mailTroubles,
      detail: { mail: { tags: { 'ses:configuration-set': [mailSet] } } },
    },
    targets: [new LambdaFunction(functions['mail-trouble'], { retryAttempts: 2 })],
  });
  new Rule(scope, 'DigestSchedule', {
    schedule: Schedule.rate(Duration.minutes(5)),
    targets: [new LambdaFunction(functions['mail-digests'], { retryAttempts: 2 })],
  });
}
