import type { ApiPart } from '../operation.ts';
import {
  claimBody,
  claimedTask,
  completeBody,
  failBody,
  leaseBody,
  renewedLease,
  settledTask,
} from './task-view.ts';

const refuses = {
  404: 'there is no such task',
  409: '`lease-lost`: stop, another agent has it or may have it',
};

/** The work that workflows have for agents. */
export const taskApi: ApiPart = {
  tag: 'Tasks',
  says: 'A task is leased: whoever claims it keeps it by heartbeats until it is done or given up.',
  schemas: {
    Claim: claimBody,
    ClaimedTask: claimedTask,
    Lease: leaseBody,
    RenewedLease: renewedLease,
    TaskCompletion: completeBody,
    TaskFailure: failBody,
    SettledTask: settledTask,
  },
  operations: [
    {
      method: 'POST',
      path: '/v1/tasks/claim',
      id: 'claimTask',
      says: 'Leases the oldest task this agent may have; answers at once.',
      caller: 'agent',
      body: 'Claim',
      answers: {
        200: { says: 'the task and its lease', body: 'ClaimedTask' },
        204: { says: 'there is none now: ask again', headers: ['Retry-After'] },
      },
    },
    {
      method: 'POST',
      path: '/v1/tasks/{id}/heartbeat',
      id: 'heartbeat',
      says: 'Keeps the lease: send it at a third of the lease’s length.',
      caller: 'agent',
      body: 'Lease',
      answers: { 200: { says: 'until when it is kept', body: 'RenewedLease' } },
      refuses,
    },
    {
      method: 'POST',
      path: '/v1/tasks/{id}/complete',
      id: 'completeTask',
      says: 'Hands in what came out; the workflow goes on.',
      caller: 'agent',
      body: 'TaskCompletion',
      answers: { 200: { says: 'the task is completed', body: 'SettledTask' } },
      refuses,
    },
    {
      method: 'POST',
      path: '/v1/tasks/{id}/fail',
      id: 'failTask',
      says: 'Says that it can’t be done and why.',
      caller: 'agent',
      body: 'TaskFailure',
      answers: { 200: { says: 'the task has failed', body: 'SettledTask' } },
      refuses,
    },
  ],
};
