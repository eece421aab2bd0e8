import type { ApiPart } from '../operation.ts';
import { runBody } from './run.ts';
import { viewedRun } from './run-view.ts';

/** Runs of workflows. */
export const runApi: ApiPart = {
  tag: 'Runs',
  says: 'A run of a workflow is started for a person, and measured against what the work cost before.',
  schemas: { RunRequest: runBody, Run: viewedRun },
  operations: [
    {
      method: 'POST',
      path: '/v1/runs',
      id: 'startRun',
      says: 'Starts a run of a workflow for a person.',
      caller: 'signer',
      body: 'RunRequest',
      keyed: true,
      answers: { 202: { says: 'the run', body: 'Run', headers: ['Location', 'Retry-After'] } },
      refuses: { 422: 'there is no such workflow, it is stopped, or the key was used for another request' },
    },
    {
      method: 'GET',
      path: '/v1/runs/{id}',
      id: 'run',
      says: 'Where a run is, what it waits for, and what it was worth.',
      caller: 'signer',
      answers: { 200: { says: 'the run', body: 'Run' } },
      refuses: { 404: 'there is no such run' },
    },
  ],
};
