import type { Answer, ApiPart } from '../operation.ts';
import { actionBody } from './action.ts';
import { viewedMe } from './me-view.ts';
import { foresight, viewedAction, viewedDenial, viewedTools } from './action-view.ts';

const denial = (says: string): Answer => ({
  says,
  body: 'Denial',
  mediaType: 'application/problem+json',
});

const answers = {
  200: { says: 'it has ended; `status` says how', body: 'Action' },
  202: {
    says: 'people decide, or it is under way: ask again',
    body: 'Action',
    headers: ['Location', 'Retry-After'],
  },
  403: denial('it was denied: `action` is the action, `detail` what would change the answer'),
  422: denial('the input does not fit the tool, or the key was used for another request'),
} as const satisfies Record<number, Answer>;

/** The door: every action of every agent. */
export const actionApi: ApiPart = {
  tag: 'Actions',
  says: 'Everything an agent does to a system is an action it asks for here.',
  schemas: {
    ActionRequest: actionBody,
    Action: viewedAction,
    Denial: viewedDenial,
    Foresight: foresight,
    Tools: viewedTools,
    Me: viewedMe,
  },
  operations: [
    {
      method: 'POST',
      path: '/v1/actions',
      id: 'act',
      says: 'Asks for an action: it is carried out, held until people decide, or denied.',
      caller: 'agent',
      body: 'ActionRequest',
      keyed: true,
      answers,
      refuses: { 409: 'the same request is still under way: send it again after Retry-After' },
    },
    {
      method: 'POST',
      path: '/v1/actions:explain',
      id: 'explainAction',
      says: 'Tells what would happen to a request. Nothing is done and nothing recorded.',
      caller: 'agent',
      body: 'ActionRequest',
      answers: { 200: { says: 'what would happen', body: 'Foresight' } },
    },
    {
      method: 'GET',
      path: '/v1/actions/{id}',
      id: 'action',
      says: 'The action as it is now: the agent’s own, or of a task it holds.',
      caller: 'agent',
      answers,
      refuses: { 404: 'the agent has no such action' },
    },
    {
      method: 'GET',
      path: '/v1/tools',
      id: 'tools',
      says: 'The tools this agent may use, each with the JSON Schema of its input.',
      caller: 'agent',
      answers: { 200: { says: 'the tools', body: 'Tools' } },
    },
    {
      method: 'GET',
      path: '/v1/me',
      id: 'me',
      says: 'What the agent is, and every limit it is held to with what is left of it.',
      caller: 'agent',
      answers: { 200: { says: 'the agent', body: 'Me' } },
    },
  ],
};
