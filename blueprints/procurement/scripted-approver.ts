import * as z from 'zod';

const inbox = z.object({ messages: z.array(z.object({ id: z.union([z.string(), z.number()]) })) });
const message = z.object({ text: z.string() });

export type Decision = 'approve' | 'deny';

/**
 * A scripted person for the laptop: reads the inbox, opens each link as a browser would, and submits the page's own
 * form with its nonce. Gives how many decisions were taken.
 */
export function createScriptedApprover(endpoint: string, decision: Decision): () => Promise<number> {
  const done = new Set<string>();
  return async () => {
    const { messages } = inbox.parse(await (await fetch(`${endpoint}/_local/inbox.json`)).json());
    let decided = 0;
    for (const id of messages.map((each) => String(each.id)).filter((each) => !done.has(each))) {
      const { text } = message.parse(await (await fetch(`${endpoint}/_local/inbox/${id}.json`)).json());
      const link = /https?:\/\/\S+\/approvals\/[\w-]+/.exec(text)?.[0];
      if (link && (await decide(link, decision))) decided += 1;
      done.add(id);
    }
    return decided;
  };
}

/** `false` when the page shows no form: somebody else decided, or it is over. */
async function decide(link: string, decision: Decision): Promise<boolean> {
  const page = await (await fetch(link)).text();
  const form = page.split('<form').find((part) => part.includes(`value="${decision}"`)) ?? '';
  const nonce = /name="nonce" value="([^"]+)"/.exec(form)?.[1];
  if (!nonce) return false;
  const answer = await fetch(link, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: new URL(link).origin, 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ nonce, decision, reason: decision === 'deny' ? 'Not this year' : '' }),
  });
  if (answer.status === 303) return true;
  if (answer.status === 409) return false;
  throw new Error(`the decision page answered ${answer.status}`);
}
