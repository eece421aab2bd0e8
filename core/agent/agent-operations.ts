import type { ApiPart } from '../operation.ts';
import { revokedKey, revokedTokens, unusedQuery, viewedAgent, viewedAgents } from './agent-view.ts';

const refuses = { 403: 'you do not act for its unit', 404: 'there is no such agent' };

/** Agents as administrators see and stop them. */
export const agentApi: ApiPart = {
  tag: 'Agents',
  says: 'Which agents there are, what is stale about them, and the immediate end of keys and tokens.',
  schemas: { Agent: viewedAgent, Agents: viewedAgents, RevokedKey: revokedKey, RevokedTokens: revokedTokens },
  operations: [
    {
      method: 'GET',
      path: '/v1/agents',
      id: 'agents',
      says: 'Every agent.',
      caller: 'signer',
      query: unusedQuery,
      answers: { 200: { says: 'the agents', body: 'Agents' } },
      refuses: { 400: '`days` is no whole number from 1 to 3650' },
    },
    {
      method: 'GET',
      path: '/v1/agents/{id}',
      id: 'agent',
      says: 'One agent.',
      caller: 'signer',
      query: unusedQuery,
      answers: { 200: { says: 'the agent', body: 'Agent' } },
      refuses: { 400: '`days` is no whole number from 1 to 3650', 404: refuses[404] },
    },
    {
      method: 'POST',
      path: '/v1/agents/{id}/keys/{kid}/revoke',
      id: 'revokeKey',
      says: 'Ends a key and every token it was given, at once and for good.',
      caller: 'signer',
      answers: { 200: { says: 'it is revoked', body: 'RevokedKey' } },
      refuses,
    },
    {
      method: 'POST',
      path: '/v1/agents/{id}/tokens/revoke',
      id: 'revokeTokens',
      says: 'Ends the tokens an agent was given so far; its keys stay good for new ones.',
      caller: 'signer',
      answers: { 200: { says: 'since when tokens count', body: 'RevokedTokens' } },
      refuses,
    },
    {
      method: 'POST',
      path: '/v1/tokens/revoke',
      id: 'revokeAllTokens',
      says: 'Ends the tokens of all agents.',
      caller: 'signer',
      answers: { 200: { says: 'since when tokens count', body: 'RevokedTokens' } },
      refuses: { 403: 'you do not act for the centre' },
    },
  ],
};
