import { createHmac } from 'node:crypto';
import { createCallSlack } from '../../functions/approval/slack/call-slack.ts';
import { createRefusalCounter } from '../../functions/aws/refusals.ts';
import { createSlackApi } from '../../functions/approval/slack/slack-api.ts';
import { tellInSlack } from '../../functions/approval/slack/tell-in-slack.ts';
import { API_URL } from './approvers.ts';
import type { World } from './door.ts';
import { answered } from './http.ts';
import { change, organisation } from './organisation.ts';
import { type SlackServer, TOKEN } from './slack-server.ts';
import type { Held } from './votes.ts';

export const TEAM = 'T012AB3CD';
export const SIGNING_SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
export const userOf = (person: string) => `U0${person.toUpperCase()}`;

/** The small company with these people in its Slack. */
export const inSlack = (...people: string[]) =>
  people.reduce(
    (body, id) => change(body, `Person ${id}`, { slack: { team: TEAM, user: userOf(id) } }),
    organisation(),
  );

type Signing = { readonly at?: Date; readonly secret?: string; readonly headers?: Record<string, string> };
type Pressing = {
  readonly value?: string | undefined;
  readonly team?: string;
  readonly action?: string;
  readonly responseUrl?: string;
};

/** The company's Slack as its people use it: messages told, buttons pressed, forms sent. */
export function openSlack({ deps: { registry, now, log }, clock }: World, slack: SlackServer) {
  const options = { apiUrl: `${slack.url}/api`, token: async () => TOKEN };
  const view = { ceiling: 'medium', apiUrl: API_URL } as const;
  const call = (timeoutMs: number, retries: number) => createCallSlack({ ...options, timeoutMs, retries });
  const tellDeps = { registry, now, log, view, callSlack: call(1000, 1) };
  const figures: string[] = [];
  const api = createSlackApi({
    refused: createRefusalCounter({
      registry,
      figures: (told) => figures.push(...told.map(({ name }) => name)),
      functionName: 'slack',
      now,
    }),
    ...{ registry, now, log, ceiling: view.ceiling, apiUrl: options.apiUrl },
    signingSecret: async () => SIGNING_SECRET,
    callSlack: call(100, 0),
  });
  const deliver = async (
    body: string,
    { at = clock.now, secret = SIGNING_SECRET, headers }: Signing = {},
  ) => {
    const timestamp = String(Math.floor(at.getTime() / 1000));
    const mac = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
    const signed = { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${mac}`, ...headers };
    return answered(await api.request('/slack/interactions', { method: 'POST', headers: signed, body }));
  };
  const buttonOf = (person: string, action: string) =>
    slack.messages
      .get(userOf(person))
      ?.blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []))
      .find(({ action_id: id }) => id === action);
  const bodyOf = (payload: object) => new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const clickOf = (person: string, { value, team = TEAM, action = 'approve', responseUrl }: Pressing = {}) =>
    bodyOf({
      type: 'block_actions',
      user: { id: userOf(person), team_id: team },
      team: { id: team },
      trigger_id: 'trigger.1',
      response_url: responseUrl ?? `${slack.url}/response`,
      actions: [{ action_id: action, value: value ?? buttonOf(person, action)?.value ?? '' }],
    });
  const submissionOf = (person: string, reason: string | null, metadata?: string) =>
    bodyOf({
      type: 'view_submission',
      user: { id: userOf(person), team_id: TEAM },
      team: { id: TEAM },
      view: {
        callback_id: 'deny',
        private_metadata: metadata ?? slack.views.at(-1)?.private_metadata ?? '',
        state: { values: { reason: { reason: { value: reason } } } },
      },
    });
  return {
    deliver,
    figures,
    buttonOf,
    clickOf,
    submissionOf,
    tell: ({ approval }: Pick<Held, 'approval'>) => tellInSlack(tellDeps, approval),
    click: (person: string, pressing?: Pressing) => deliver(clickOf(person, pressing)),
    textOf: (person: string) => JSON.stringify(slack.messages.get(userOf(person))),
    forget: () => {
      slack.messages.clear();
      for (const list of [slack.views, slack.whispers, slack.calls, slack.trouble]) list.length = 0;
    },
  };
}
