import type { ApiPart } from '../operation.ts';
import { delegationBody } from './delegation.ts';
import { viewedDelegation } from './delegation-view.ts';

/** What one agent lends to another. */
export const delegationApi: ApiPart = {
  tag: 'Delegations',
  says: 'An agent lends another its say for a while; both may then do only what both may.',
  schemas: { DelegationRequest: delegationBody, Delegation: viewedDelegation },
  operations: [
    {
      method: 'POST',
      path: '/v1/delegations',
      id: 'delegate',
      says: 'Lends another agent this one’s say; it signs in with the `id`.',
      caller: 'agent',
      body: 'DelegationRequest',
      keyed: true,
      answers: { 201: { says: 'the delegation', body: 'Delegation' } },
      refuses: { 403: 'the agent may not act now', 422: 'this can’t be lent' },
    },
    {
      method: 'POST',
      path: '/v1/delegations/{id}/revoke',
      id: 'revokeDelegation',
      says: 'Ends a delegation this agent stands in, and every one made under it, at once.',
      caller: 'agent',
      answers: { 200: { says: 'the delegation, revoked', body: 'Delegation' } },
      refuses: { 404: 'there is no such delegation with this agent in it' },
    },
  ],
};
