import * as z from 'zod';
import type { ApiPart } from '../operation.ts';
import { applied, applyQuery, exportedGovernance, exportQuery, liveGovernance } from './governance-view.ts';
import { governanceBody } from './manifest.ts';

/** Governance as code. */
export const governanceApi: ApiPart = {
  tag: 'Governance',
  says: 'A directory of manifests and policies is made what is live.',
  schemas: {
    Governance: governanceBody,
    Applied: applied,
    LiveGovernance: z.union([liveGovernance, exportedGovernance]),
  },
  operations: [
    {
      method: 'PUT',
      path: '/v1/governance',
      id: 'applyGovernance',
      says: 'Makes what is live what the directory says; with `plan` only tells what would change.',
      caller: 'signer',
      query: applyQuery,
      body: 'Governance',
      answers: { 200: { says: 'what changed; `remaining` above 0: send it again', body: 'Applied' } },
      refuses: {
        403: 'part of it is not yours to change',
        409: 'another release came into force meanwhile',
        422: 'the files do not fit: `findings` names each place',
      },
    },
    {
      method: 'GET',
      path: '/v1/governance',
      id: 'governance',
      says: 'What is live, in short; with `export` as the files that would make it.',
      caller: 'signer',
      query: exportQuery,
      answers: { 200: { says: 'what is live', body: 'LiveGovernance' } },
    },
  ],
};
