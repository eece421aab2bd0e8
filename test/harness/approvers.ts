import { randomBytes } from 'node:crypto';
import { type AskDeps, askApprovers } from '../../functions/approval/ask-approvers.ts';
import { createPageApi } from '../../functions/approval/page-api.ts';
import type { Answer } from '../../functions/aws/machines.ts';
import type { Mail } from '../../functions/aws/mail.ts';
import { createMailboxes } from '../../functions/aws/mailboxes.ts';
import type { World } from './door.ts';
import { type Answered, answered } from './http.ts';
import type { Held } from './votes.ts';

export const API_URL = 'https://api.example.com';

/** What left the house while approvers were asked: mails, answers to machines, secrets made. */
export type Desk = {
  readonly mails: Mail[];
  readonly answers: [token: string, answer: Answer][];
  readonly secrets: string[];
  readonly deps: AskDeps;
  /** Asks everyone eligible; gives each person's newest link by mail address. */
  ask(held: Pick<Held, 'approval'>, token?: string): Promise<Map<string, string>>;
};

/** Asks approvers as the machine's step does, with mails and machine answers kept for the test. */
export function openDesk({ database, deps: { registry, log, now } }: World): Desk {
  const mails: Mail[] = [];
  const answers: [string, Answer][] = [];
  const secrets: string[] = [];
  const deps: AskDeps = {
    registry,
    log,
    now,
    pause: async () => undefined,
    apiUrl: API_URL,
    mailRate: { mailboxes: createMailboxes(database.client, 'registry'), perHour: 1000 },
    machines: { answer: async (token, answer) => answers.push([token, answer]) > 0 },
    sendMail: async (mail) => void mails.push(mail),
    newSecret: () => {
      const secret = randomBytes(32).toString('base64url');
      secrets.push(secret);
      return secret;
    },
  };
  return {
    mails,
    answers,
    secrets,
    deps,
    ask: async ({ approval }, token = 'task-token') => {
      const before = mails.length;
      await askApprovers(deps, { token, deadline: 0, approval });
      return new Map(mails.slice(before).map((mail) => [mail.to, linkIn(mail)]));
    },
  };
}

const linkIn = ({ text }: Mail) => /https:\S+/.exec(text)?.[0] ?? '';

/** What a browser sends when a person presses a button on the page. */
export const fromThePage = {
  origin: API_URL,
  'sec-fetch-site': 'same-origin',
  'content-type': 'application/x-www-form-urlencoded',
};

/** The page as a browser meets it. */
export function browse({ deps: { registry, now, log }, releases }: World) {
  const api = createPageApi({ registry, releases, log, apiUrl: API_URL, now });
  const open = async (link: string, method = 'GET') => answered(await api.request(link, { method }));
  const send = async (
    link: string,
    form: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = fromThePage,
  ): Promise<Answered> => {
    const body = new URLSearchParams(form).toString();
    return answered(await api.request(link, { method: 'POST', headers, body }));
  };
  return {
    open,
    send,
    /** The nonce a form of the page carries: the form to decide with, unless another is named. */
    nonce: async (link: string, form = 'decide') =>
      new RegExp(`id="${form}"[^]*?name="nonce" value="([^"]+)"`).exec((await open(link)).text)?.[1] ?? '',
  };
}
