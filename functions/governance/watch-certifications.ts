import { SESv2Client } from '@aws-sdk/client-sesv2';
import { Fault } from '../../core/fault.ts';
import { connectRegistry } from '../aws/clients.ts';
import { readEnvironment } from '../aws/env.ts';
import { createLog } from '../aws/log.ts';
import { createSendMail } from '../aws/mail.ts';
import { remindSponsors, type RemindDeps } from './remind-sponsors.ts';

const env = readEnvironment('watch-certifications', process.env);
const deps: RemindDeps = {
  registry: connectRegistry(env),
  sendMail: createSendMail(new SESv2Client({}), env.MAIL_FROM),
  log: createLog(),
  now: () => new Date(),
};

/** Once a day. Fails after everyone was looked after when one could not be, so that Lambda tries again. */
export const handler = async () => {
  const { seen, failed } = await remindSponsors(deps);
  if (failed > 0)
    throw new Fault('DependencyFailed', `${failed} of ${seen} agents could not be looked after`);
  return { seen };
};
