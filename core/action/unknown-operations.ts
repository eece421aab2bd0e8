import type { ApiPart } from '../operation.ts';
import { settleBody, settledAction, unknownActions } from './unknown-view.ts';

/** Actions whose answer was lost. */
export const unknownApi: ApiPart = {
  tag: 'Actions in doubt',
  says: 'Calls whose answer was lost and that may not be made twice: a person looks in the system and says.',
  schemas: { UnknownActions: unknownActions, SettleAction: settleBody, SettledAction: settledAction },
  operations: [
    {
      method: 'GET',
      path: '/v1/actions',
      id: 'unknownActions',
      says: 'The actions in doubt, the longest first: those of the units you act for.',
      caller: 'signer',
      answers: { 200: { says: 'the actions', body: 'UnknownActions' } },
    },
    {
      method: 'POST',
      path: '/v1/actions/{id}/settle',
      id: 'settleAction',
      says: 'Says whether an action in doubt took effect. What it took of budgets is given back if it did not.',
      caller: 'signer',
      body: 'SettleAction',
      answers: { 200: { says: 'it is settled', body: 'SettledAction' } },
      refuses: {
        403: 'you do not act for its unit',
        404: 'there is no such action',
        409: 'it is not in doubt',
      },
    },
  ],
};
