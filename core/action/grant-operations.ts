import type { ApiPart } from '../operation.ts';
import { grantTerms } from './grant.ts';
import { askedGrant, revokedGrant, revokeGrantBody, viewedGrants } from './grant-view.ts';

/** Standing approvals. */
export const grantApi: ApiPart = {
  tag: 'Grants',
  says: 'What people agreed to once and for a while: an agent, a tool, limits, so many times.',
  schemas: {
    GrantRequest: grantTerms,
    AskedGrant: askedGrant,
    Grants: viewedGrants,
    GrantRevocation: revokeGrantBody,
    RevokedGrant: revokedGrant,
  },
  operations: [
    {
      method: 'GET',
      path: '/v1/grants',
      id: 'grants',
      says: 'The grants that were made, with what is used of them.',
      caller: 'signer',
      answers: { 200: { says: 'the grants', body: 'Grants' } },
    },
    {
      method: 'POST',
      path: '/v1/grants',
      id: 'requestGrant',
      says: 'Asks those who may lift a guard; nothing is granted until they agree.',
      caller: 'signer',
      body: 'GrantRequest',
      answers: { 202: { says: 'they are asked', body: 'AskedGrant' } },
      refuses: { 403: 'you do not act for the agent’s unit', 422: 'this can’t be granted' },
    },
    {
      method: 'POST',
      path: '/v1/grants/{id}/revoke',
      id: 'revokeGrant',
      says: 'Ends a grant at once and for good.',
      caller: 'signer',
      body: 'GrantRevocation',
      answers: { 200: { says: 'it is revoked', body: 'RevokedGrant' } },
      refuses: {
        403: 'you do not act for its unit',
        404: 'there is no such grant',
        409: 'it was revoked before',
      },
    },
  ],
};
