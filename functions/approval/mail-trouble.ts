import { setTimeout as sleep } from 'node:timers/promises';
import { SFNClient } from '@aws-sdk/client-sfn';
import { connectRegistry } from '../aws/clients.ts';
import { readEnvironment } from '../aws/env.ts';
import { createLog } from '../aws/log.ts';
import { createMachines } from '../aws/machines.ts';
import { noteReturned } from './note-returned.ts';
import { readReturned } from './returned-mail.ts';

const deps = {
  registry: connectRegistry(readEnvironment('mail-trouble', process.env)),
  machines: createMachines(new SFNClient({})),
  log: createLog(),
  pause: sleep,
  now: () => new Date(),
};

/**
 * Answers SES's events about mails that came back. They come by a rule on the default bus that asks for source
 * `aws.ses`, which PutEvents refuses to everyone but AWS, and for our own configuration set.
 */
export const handler = async (event: unknown) => {
  const mail = readReturned(event);
  if (mail) await noteReturned(deps, mail);
  return { noted: mail !== undefined };
};
