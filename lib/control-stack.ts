import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { FunctionName } from '../functions/aws/env.ts';
import type { DataStack } from './data-stack.ts';
import { approvalFunctions, reviewOnChange } from './functions/approvals.ts';
import { doorFunctions, executeLongActions } from './functions/door.ts';
import { governanceFunctions } from './functions/governance.ts';
import { mailFunctions, wireMails } from './functions/mails.ts';
import { reactionFunctions } from './functions/reactions.ts';
import { openSite } from './functions/site.ts';
import { slackFunctions, tellOnApprovals } from './functions/slack.ts';
import { containOnEngage, switchFunctions } from './functions/switches.ts';
import { workFunctions } from './functions/work.ts';
import { GovernedApi } from './http-api.ts';
import { buildMachines, type Machines } from './machines.ts';
import { knowSender, mailsHeardOf } from './mail-sender.ts';
import { RelayStream } from './relay.ts';
import type { Settings } from './settings.ts';

type Props = StackProps & { readonly settings: Settings; readonly data: DataStack };

/** The door and everything behind it: functions, machines, relay, sweep. */
export class ControlStack extends Stack {
  readonly api: GovernedApi;
  readonly relay: RelayStream;
  readonly functions: Readonly<Record<FunctionName, IFunction>>;
  readonly machines: Machines;

  constructor(scope: Construct, id: string, { settings, data, ...props }: Props) {
    super(scope, id, props);
    knowSender(this, settings);
    this.api = new GovernedApi(this, 'Door', settings);
    this.relay = new RelayStream(this, 'RelayStream');
    const mailSet = mailsHeardOf(this).configurationSetName;
    const site = openSite(this, { settings, data, apiUrl: this.api.api.apiEndpoint, mailSet });
    const door = doorFunctions(site);
    const approvals = approvalFunctions(site);
    const work = workFunctions(site);
    const governance = governanceFunctions(site);
    const switches = switchFunctions(site);
    this.machines = buildMachines(this, settings, { ...door, ...approvals, ...work });
    const mails = mailFunctions(site, this.machines);
    const slack = slackFunctions(site);
    const reactions = reactionFunctions(site, {
      machines: this.machines,
      stream: this.relay,
      executeAction: door['execute-action'],
    });
    this.functions = {
      ...door,
      ...approvals,
      ...work,
      ...governance,
      ...switches,
      ...mails,
      ...slack,
      ...reactions,
    };
    this.relay.feed(reactions.relay, data.auditStreamArn);
    this.api.answerWith(this.functions);
    executeLongActions(this, data.bus, door['execute-action']);
    reviewOnChange(this, data.bus, approvals['review-held']);
    wireMails(this, mails, mailSet);
    tellOnApprovals(this, data.bus, slack['tell-slack']);
    new Rule(this, 'CertificationSchedule', {
      schedule: Schedule.rate(Duration.days(1)),
      targets: [new LambdaFunction(governance['watch-certifications'], { retryAttempts: 2 })],
    });
    new Rule(this, 'WatchToolsSchedule', {
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaFunction(governance['watch-tools'], { retryAttempts: 2 })],
    });
    new Rule(this, 'ReconcileSchedule', {
      schedule: Schedule.rate(Duration.minutes(5)),
      targets: [
        new LambdaFunction(reactions.reconcile, { retryAttempts: 2 }),
        containOnEngage(this, data.bus, switches['contain-switches']),
      ],
    });
  }
}
