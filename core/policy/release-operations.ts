import { governanceBody } from '../governance/manifest.ts';
import * as z from 'zod';
import type { ApiPart } from '../operation.ts';
import {
  explanation,
  listedReleases,
  replayedDecision,
  replayPage,
  replayQuery,
  rolledBack,
  shadowBody,
  storedRelease,
  viewedShadow,
} from './release-view.ts';

const releaseQuery = z.object({ release: z.string().optional().describe('Default: the one in force') });
const foreign = { 403: 'only the centre’s administrators may' };
const unknown = { 404: 'there is no such release' };

/** Releases of the rules, and decisions made again. */
export const releaseApi: ApiPart = {
  tag: 'Releases',
  says: 'A release is every rule and tool as they were at once. Decisions can be explained and replayed.',
  schemas: {
    Governance: governanceBody,
    Releases: listedReleases,
    RolledBack: rolledBack,
    StoredRelease: storedRelease,
    ShadowRequest: shadowBody,
    Shadow: viewedShadow,
    Replay: replayPage,
    ReplayedDecision: replayedDecision,
    Explanation: explanation,
  },
  operations: [
    {
      method: 'GET',
      path: '/v1/releases',
      id: 'releases',
      says: 'The releases stored so far, the newest first.',
      caller: 'signer',
      answers: { 200: { says: 'the releases', body: 'Releases' } },
    },
    {
      method: 'POST',
      path: '/v1/releases',
      id: 'storeRelease',
      says: 'Stores the release a directory would make, in force nowhere.',
      caller: 'signer',
      body: 'Governance',
      answers: { 201: { says: 'its hash', body: 'StoredRelease' } },
      refuses: { 422: 'the files do not fit: `findings` names each place' },
    },
    {
      method: 'POST',
      path: '/v1/releases/{hash}/activate',
      id: 'rollBack',
      says: 'Puts a stored release in force again.',
      caller: 'signer',
      answers: { 200: { says: 'it is in force', body: 'RolledBack' } },
      refuses: { ...foreign, ...unknown },
    },
    {
      method: 'GET',
      path: '/v1/releases/{hash}/replay',
      id: 'replayRelease',
      says: 'Decides a page of what was recorded again under a stored release. Reads alone.',
      caller: 'signer',
      query: replayQuery,
      answers: { 200: { says: 'what would have been otherwise', body: 'Replay' } },
      refuses: { 400: 'the window does not fit', ...unknown },
    },
    {
      method: 'GET',
      path: '/v1/shadow',
      id: 'shadow',
      says: 'The release in the shadow of the one in force.',
      caller: 'signer',
      answers: { 200: { says: 'its hash, or null', body: 'Shadow' } },
    },
    {
      method: 'PUT',
      path: '/v1/shadow',
      id: 'setShadow',
      says: 'Puts a stored release in the shadow, or with null takes it out. Agents notice nothing.',
      caller: 'signer',
      body: 'ShadowRequest',
      answers: { 200: { says: 'its hash, or null', body: 'Shadow' } },
      refuses: { ...foreign, ...unknown },
    },
    {
      method: 'GET',
      path: '/v1/decisions/{id}',
      id: 'explainDecision',
      says: 'Makes an action’s latest decision again and tells what it came from.',
      caller: 'signer',
      answers: { 200: { says: 'the explanation', body: 'Explanation' } },
      refuses: { 404: 'there is no such action', 409: 'what it was decided on was not recorded' },
    },
    {
      method: 'GET',
      path: '/v1/decisions/{id}/replay',
      id: 'replayDecision',
      says: 'Makes an action’s latest decision again under another release.',
      caller: 'signer',
      query: releaseQuery,
      answers: { 200: { says: 'both answers', body: 'ReplayedDecision' } },
      refuses: { 404: 'there is no such action or release', 409: 'what it was decided on was not recorded' },
    },
  ],
};
