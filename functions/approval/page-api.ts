import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as z from 'zod';
import { linkKey, type LinkRow, linkRow } from '../../core/approval/approval.ts';
import { castVote, type VoteRefusal } from '../../core/approval/cast-vote.ts';
import { isRefusal } from '../../core/change.ts';
import { parseRow } from '../../core/row.ts';
import { decideAndCommit, type Registry } from '../aws/registry.ts';
import { type ApiContext, createApi } from '../http/lambda.ts';
import { hashSecret } from './ask-approvers.ts';
import { type ApprovalFacts, loadApproval } from './load-approval.ts';
import { isNonce, nonceOf } from './page-nonce.ts';
import { pageHeaders } from './page-style.ts';
import { noticePage, requestPage } from './render-page.ts';
import { sitsOnCouncil, stopAgent } from './stop-agent.ts';

export type PageDeps = {
  readonly registry: Registry;
  readonly apiUrl: string;
  readonly now: () => Date;
};

type Opened = { readonly link: LinkRow; readonly facts: ApprovalFacts; readonly secret: string };

const form = z.object({
  decision: z.enum(['approve', 'deny', 'stop']),
  reason: z.string().max(1000).optional(),
  nonce: z.string().max(100),
});

/** The decision page: GET shows and writes nothing, POST decides. Links are one person's, for one action. */
export function createPageApi(deps: PageDeps) {
  const app = createApi();
  app.get('/approvals/:secret', async (c) => {
    const opened = await open(deps, c.req.param('secret'));
    return opened ? show(deps, c, opened) : unknownLink(c);
  });
  app.post(
    '/approvals/:secret',
    bodyLimit({ maxSize: 16 * 1024, onError: (c) => refuse(c, 413, 'That form is too large.') }),
    async (c) => {
      const opened = await open(deps, c.req.param('secret'));
      if (!opened) return unknownLink(c);
      const forged = findForgery(deps, c);
      if (forged) return refuse(c, 403, forged);
      const ballot = form.safeParse(await c.req.parseBody());
      if (!ballot.success) return refuse(c, 400, 'Open the link again and use its form.');
      const { facts, secret } = opened;
      if (!isNonce(ballot.data.nonce, secret, facts.approval)) {
        return refuse(c, 403, 'This form is out of date. Open the link again and decide on what it shows.');
      }
      const { decision, reason } = ballot.data;
      if (decision === 'stop') return stop(deps, c, opened, reason);
      return decide(deps, c, opened, { decision, reason });
    },
  );
  return app;
}

/** The link of this secret, while it belongs to the newest round of its approval. */
async function open(deps: PageDeps, secret: string): Promise<Opened | undefined> {
  if (!/^[\w-]{43}$/.test(secret)) return undefined;
  const [stored] = await deps.registry.load([linkKey(hashSecret(secret))]);
  if (!stored) return undefined;
  const link = parseRow(linkRow, stored);
  const facts = await loadApproval(deps.registry, link.approval);
  return link.round === facts.approval.round ? { link, facts, secret } : undefined;
}

async function show(
  deps: PageDeps,
  c: Context<ApiContext>,
  { link, facts, secret }: Opened,
  problem?: string,
): Promise<Response> {
  const { approval } = facts;
  const open = approval.status === 'pending' && !approval.votes.some(({ person }) => person === link.person);
  const nonce = nonceOf(secret, approval);
  const filled = { person: link.person, nonce, ...(problem !== undefined && { problem }) };
  const council = (await sitsOnCouncil(deps.registry, link.person)) ? { nonce } : undefined;
  return c.html(
    requestPage(facts, open ? filled : undefined, council),
    problem === undefined ? 200 : 422,
    pageHeaders,
  );
}

/** A form that a real browser sent from our own page says so; everything else decides nothing. */
function findForgery(deps: PageDeps, c: Context): string | undefined {
  const site = c.req.header('sec-fetch-site');
  const type = c.req.header('content-type') ?? '';
  if (c.req.header('origin') !== new URL(deps.apiUrl).origin)
    return 'This decision did not come from our page.';
  if (site !== undefined && site !== 'same-origin') return 'This decision did not come from our page.';
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) return 'Decide with the form of the page.';
  return undefined;
}

async function decide(
  deps: PageDeps,
  c: Context<ApiContext>,
  { link, secret }: Opened,
  { decision, reason }: { readonly decision: 'approve' | 'deny'; readonly reason: string | undefined },
): Promise<Response> {
  const ballot = { person: link.person, decision, reason: reason?.trim() || undefined, digest: link.digest };
  const voted = await decideAndCommit(deps.registry, async () =>
    castVote(await loadApproval(deps.registry, link.approval), ballot, deps.now()),
  );
  if (!isRefusal(voted)) return c.body(null, 303, { ...pageHeaders, location: c.req.path });
  return refused(deps, c, voted, { link, secret, facts: await loadApproval(deps.registry, link.approval) });
}

/** A council member's word stops the agent that asks, whatever becomes of this request. */
async function stop(deps: PageDeps, c: Context, { link, facts }: Opened, reason = ''): Promise<Response> {
  const { agent } = facts.approval;
  if (!reason.trim()) return refuse(c, 400, 'Say why the agent must stop: go back and give a reason.');
  const refusal = await stopAgent(deps, { agent, person: link.person, reason: reason.trim() });
  if (refusal) return refuse(c, 403, `${refusal.detail}.`);
  const message = `${agent} starts nothing more. To restore it, two administrators run autonomy restore.`;
  return c.html(noticePage('The agent is stopped', message), 200, pageHeaders);
}

function refused(
  deps: PageDeps,
  c: Context<ApiContext>,
  { refused, detail }: VoteRefusal,
  opened: Opened,
): Response | Promise<Response> {
  if (refused === 'reason-required') return show(deps, c, opened, `Please ${detail}.`);
  return refuse(c, 409, `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`);
}

const refuse = (c: Context, status: 400 | 403 | 409 | 413, message: string) =>
  c.html(noticePage('Nothing was decided', message), status, pageHeaders);

const unknownLink = (c: Context) =>
  c.html(
    noticePage(
      'This link is not valid',
      'It was replaced by a newer one, or it never was one of ours. Use the newest mail.',
    ),
    404,
    pageHeaders,
  );
