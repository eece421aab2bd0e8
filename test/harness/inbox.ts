import { randomBytes } from 'node:crypto';
import { createInboxApi } from '../../functions/approval/inbox/inbox-api.ts';
import type { InboxDeps } from '../../functions/approval/inbox/inbox-deps.ts';
import type { Mail } from '../../functions/aws/mail.ts';
import { API_URL, fromThePage } from './approvers.ts';
import type { World } from './door.ts';
import { type Answered, answered } from './http.ts';

/** The inbox with what leaves the house kept for the test: mails, secrets, codes, and how often it took its time. */
export type Inbox = {
  readonly api: ReturnType<typeof createInboxApi>;
  readonly mails: Mail[];
  readonly secrets: string[];
  readonly codes: string[];
  readonly pauses: { count: number };
};

export function openInbox(
  { deps: { registry, log, now }, releases }: World,
  more: Partial<InboxDeps> = {},
): Inbox {
  const mails: Mail[] = [];
  const secrets: string[] = [];
  const codes: string[] = [];
  const pauses = { count: 0 };
  const keep = (list: string[], made: string) => {
    list.push(made);
    return made;
  };
  const api = createInboxApi({
    ...{ registry, releases, log, now, apiUrl: API_URL },
    sendMail: async (mail) => void mails.push(mail),
    newSecret: () => keep(secrets, randomBytes(32).toString('base64url')),
    newCode: () => keep(codes, String(10_000_000 + codes.length * 7)),
    pause: async () => void (pauses.count += 1),
    ...more,
  });
  return { api, mails, secrets, codes, pauses };
}

/** A browser: it keeps its cookies and sends forms as a person does who presses their button. */
export function browserOf({ api }: Pick<Inbox, 'api'>, origin = API_URL) {
  const jar = new Map<string, string>();
  const keep = (answer: Answered) => {
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/Max-Age=0\b/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  };
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const open = async (path: string) =>
    keep(await answered(await api.request(origin + path, { headers: { cookie: cookie() } })));
  const send = async (
    path: string,
    form: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = fromThePage,
  ) => {
    const body = new URLSearchParams(form).toString();
    const sent = { method: 'POST', headers: { ...headers, cookie: cookie() }, body };
    return keep(await answered(await api.request(origin + path, sent)));
  };
  return {
    jar,
    open,
    send,
    /** The nonce of a form at this address. */
    nonce: async (path: string, form = 'decide') =>
      new RegExp(`id="${form}"[^]*?name="nonce" value="([^"]+)"`).exec((await open(path)).text)?.[1] ?? '',
  };
}
export type InboxBrowser = ReturnType<typeof browserOf>;

/** The code in a mail. */
export const codeIn = (mail: Pick<Mail, 'text'> | undefined) =>
  /\b(\d{4}) (\d{4})\b/
    .exec(mail?.text ?? '')
    ?.slice(1)
    .join('') ?? '';

/** A browser in which this person signed in by a code. */
export async function signIn(inbox: Inbox, person: string): Promise<InboxBrowser> {
  const browser = browserOf(inbox);
  const email = `${person}@example.com`;
  await browser.send('/inbox/sign-in', { email });
  const used = await browser.send('/inbox/code', { email, code: codeIn(inbox.mails.at(-1)) });
  if (used.status !== 303) throw new Error(`${person} could not sign in: ${used.text}`);
  return browser;
}
