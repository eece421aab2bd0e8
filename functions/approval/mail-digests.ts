import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { readEnvironment } from '../aws/env.ts';
import { createLog } from '../aws/log.ts';
import { createMailboxes } from '../aws/mailboxes.ts';
import { createSendMail } from '../aws/mail.ts';
import { createReader } from '../aws/registry.ts';
import { type DigestDeps, sendDigests } from './send-digests.ts';

const env = readEnvironment('mail-digests', process.env);
const dynamodb = new DynamoDBClient({});

const deps: DigestDeps = {
  registry: createReader(dynamodb, env.REGISTRY_TABLE),
  mailboxes: createMailboxes(dynamodb, env.REGISTRY_TABLE),
  sendMail: createSendMail(new SESv2Client({}), env.MAIL_FROM, env.MAIL_CONFIGURATION_SET),
  apiUrl: env.API_URL,
  log: createLog(),
  now: () => new Date(),
};

/** Runs by the schedule. */
export const handler = async () => sendDigests(deps);
