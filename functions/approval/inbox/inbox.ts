import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { connectRegistry } from '../../aws/clients.ts';
import { readEnvironment } from '../../aws/env.ts';
import { createLog } from '../../aws/log.ts';
import { createSendMail } from '../../aws/mail.ts';
import { createReleases } from '../../aws/releases.ts';
import { createReadSecret } from '../../aws/secrets.ts';
import { lambdaHandler } from '../../http/lambda.ts';
import { newSecret } from './cookies.ts';
import { createInboxApi } from './inbox-api.ts';
import { createOidcProvider } from './oidc-provider.ts';
import { readOidc } from './read-oidc.ts';

const env = readEnvironment('inbox', process.env);
const now = () => new Date();
const oidc = readOidc(env.OIDC, createReadSecret(new SecretsManagerClient({}), now));

/** Longer than SES takes to accept a mail, as a rule. */
const PAUSE_MS = 1000;

export const handler = lambdaHandler(
  createInboxApi({
    registry: connectRegistry(env),
    releases: createReleases(new S3Client({}), env.RELEASES_BUCKET),
    sendMail: createSendMail(new SESv2Client({}), env.MAIL_FROM),
    log: createLog(),
    apiUrl: env.API_URL,
    newSecret,
    newCode: () => String(randomInt(100_000_000)).padStart(8, '0'),
    pause: () => sleep(PAUSE_MS),
    oidc: oidc && createOidcProvider(oidc, now),
    now,
  }),
);
