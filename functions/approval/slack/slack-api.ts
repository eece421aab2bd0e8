import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { isRefusal } from '../../../core/change.ts';
import { errorDetails, type Log } from '../../aws/log.ts';
import { createApi } from '../../http/lambda.ts';
import { answerProblem } from '../../http/problem.ts';
import { sentence } from '../page-replies.ts';
import { escaped } from './blocks.ts';
import { readValue } from './button-value.ts';
import { type CallSlack, send } from './call-slack.ts';
import { type DecideDeps, decideInSlack, findStanding } from './decide-in-slack.ts';
import { denyView } from './deny-view.ts';
import { type Click, readInteraction, slackUserOf, type Submission } from './interaction.ts';
import { isSigned } from './verify-signature.ts';

export type SlackApiDeps = DecideDeps & {
  readonly signingSecret: () => Promise<string>;
  readonly callSlack: CallSlack;
  readonly apiUrl: string;
  /** Hears of each delivery that Slack did not sign. */
  readonly refused: () => Promise<void>;
  readonly log: Log;
};

/** Answers what people press in Slack, which waits three seconds; without an app of the company's it is not there. */
export function createSlackApi(deps: SlackApiDeps | undefined) {
  const app = createApi();
  const tooLarge = { status: 413, code: 'too-large', detail: 'send at most 64 KiB' } as const;
  const limit = bodyLimit({ maxSize: 64 * 1024, onError: (c) => answerProblem(c, tooLarge) });
  if (deps) app.post('/slack/interactions', limit, (c) => answerSigned(deps, c));
  return app;
}

async function answerSigned(deps: SlackApiDeps, c: Context): Promise<Response> {
  const body = Buffer.from(await c.req.arrayBuffer());
  const timestamp = c.req.header('x-slack-request-timestamp');
  const signature = c.req.header('x-slack-signature');
  if (!isSigned({ body, timestamp, signature }, await deps.signingSecret(), deps.now())) {
    await deps.refused();
    return answerProblem(c, { status: 401, code: 'not-signed', detail: 'Slack did not sign this just now' });
  }
  const bodyHash = createHash('sha256').update(body).digest('hex');
  const given = readInteraction(body.toString());
  if (given?.type === 'block_actions') await answerClick(deps, given, bodyHash);
  if (given?.type !== 'view_submission') return c.body(null, 200);
  const problem = await answerSubmission(deps, given, bodyHash);
  return problem === undefined
    ? c.body(null, 200)
    : c.json({ response_action: 'errors', errors: { reason: problem } });
}

async function answerClick(deps: SlackApiDeps, click: Click, bodyHash: string): Promise<void> {
  const [pressed] = click.actions;
  const value = readValue(pressed?.value);
  if (!pressed || !value) return;
  const by = slackUserOf(click);
  const refusal =
    pressed.action_id === 'approve'
      ? await decideInSlack(deps, { by, value }, { decision: 'approve', bodyHash })
      : pressed.action_id === 'deny'
        ? await askWhy(deps, click, { by, value })
        : undefined;
  if (refusal) await whisper(deps, click.response_url, sentence(refusal.detail));
}

/** A no needs a reason: its form opens for whoever may say it. */
async function askWhy(deps: SlackApiDeps, click: Click, pressed: Parameters<typeof findStanding>[1]) {
  const standing = await findStanding(deps, pressed);
  if (isRefusal(standing)) return standing;
  const view = denyView(standing.facts.approval.tool, JSON.stringify(pressed.value));
  try {
    const { ok } = await deps.callSlack('views.open', { trigger_id: click.trigger_id, view });
    if (ok) return undefined;
  } catch (error) {
    deps.log('error', 'SLACK_FAILED', { approval: pressed.value.approval, ...errorDetails(error) });
  }
  return { refused: 'no-form', detail: 'the form could not be opened: press Deny again, or use your inbox' };
}

/** Counts a no with its reason; gives what the form should say instead of closing. */
async function answerSubmission(
  deps: SlackApiDeps,
  submission: Submission,
  bodyHash: string,
): Promise<string | undefined> {
  const { callback_id: form, private_metadata: carried, state } = submission.view;
  const value = readValue(carried);
  if (form !== 'deny' || !value) return 'This form is not known here.';
  const reason = state.values.reason.reason.value?.trim() || undefined;
  const pressed = { by: slackUserOf(submission), value };
  const refusal = await decideInSlack(deps, pressed, { decision: 'deny', reason, bodyHash });
  return refusal && sentence(refusal.detail);
}

/** Tells one person alone, at an address of Slack's and no other; when that fails they are told nothing. */
async function whisper({ apiUrl, log }: SlackApiDeps, to: string | undefined, said: string): Promise<void> {
  const url = to !== undefined && URL.canParse(to) ? new URL(to) : undefined;
  if (!url || !['https://hooks.slack.com', new URL(apiUrl).origin].includes(url.origin)) return;
  const text = escaped(said);
  const body = JSON.stringify({ response_type: 'ephemeral', replace_original: false, text });
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  try {
    await send(url.href, { headers, body, timeoutMs: 2000 });
  } catch (error) {
    log('error', 'SLACK_FAILED', errorDetails(error));
  }
}
