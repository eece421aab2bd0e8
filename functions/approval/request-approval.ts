import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { approvalId } from '../../core/id.ts';
import { connectRegistry } from '../aws/clients.ts';
import { readEnvironment } from '../aws/env.ts';
import { createLog } from '../aws/log.ts';
import { createMachines } from '../aws/machines.ts';
import { createMailboxes } from '../aws/mailboxes.ts';
import { createSendMail } from '../aws/mail.ts';
import { askApprovers, type AskDeps } from './ask-approvers.ts';

const env = readEnvironment('request-approval', process.env);
const payload = z.object({
  token: z.string().min(1),
  approval: approvalId,
  deadline: z.int().min(0).default(0),
});

const deps: AskDeps = {
  registry: connectRegistry(env),
  machines: createMachines(new SFNClient({})),
  sendMail: createSendMail(new SESv2Client({}), env.MAIL_FROM, env.MAIL_CONFIGURATION_SET),
  mailRate: {
    mailboxes: createMailboxes(new DynamoDBClient({}), env.REGISTRY_TABLE),
    perHour: Number(env.MAILS_PER_HOUR),
  },
  apiUrl: env.API_URL,
  newSecret: () => randomBytes(32).toString('base64url'),
  log: createLog(),
  pause: sleep,
  now: () => new Date(),
};

/** Step of the approval machine: `{token, approval, deadline}`; the outcome comes later by the token. */
export const handler = async (event: unknown) => {
  await askApprovers(deps, payload.parse(event));
  return { asked: true };
};
