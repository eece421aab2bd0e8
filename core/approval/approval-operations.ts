import { viewedAction } from '../action/action-view.ts';
import type { ApiPart } from '../operation.ts';
import { approvalReport } from './analytics.ts';
import { pendingApprovals, pendingQuery, reportQuery, viewedApproval } from './approval-view.ts';
import { answerBody, withdrawBody } from './waiting-bodies.ts';

const notHeld = { 404: 'the agent has no such action', 409: 'nobody is asked about it any more' };

/** What agents and administrators do while people decide; people themselves decide on pages of their own. */
export const approvalApi: ApiPart = {
  tag: 'Approvals',
  says: 'What waits for people. They decide on pages, in mails and in Slack, never through this API.',
  schemas: {
    Action: viewedAction,
    Withdrawal: withdrawBody,
    QuestionAnswer: answerBody,
    Approval: viewedApproval,
    PendingApprovals: pendingApprovals,
    ApprovalReport: approvalReport,
  },
  operations: [
    {
      method: 'POST',
      path: '/v1/actions/{id}/withdraw',
      id: 'withdrawAction',
      says: 'Takes a held action back.',
      caller: 'agent',
      body: 'Withdrawal',
      answers: { 200: { says: 'the action, withdrawn', body: 'Action' } },
      refuses: notHeld,
    },
    {
      method: 'POST',
      path: '/v1/actions/{id}/answers',
      id: 'answerQuestion',
      says: 'Answers an approver’s question in the agent’s own words.',
      caller: 'agent',
      body: 'QuestionAnswer',
      answers: { 200: { says: 'the action with its questions', body: 'Action' } },
      refuses: notHeld,
    },
    {
      method: 'GET',
      path: '/v1/approvals',
      id: 'pendingApprovals',
      says: 'What waits for people, the most urgent first.',
      caller: 'signer',
      query: pendingQuery,
      answers: { 200: { says: 'the approvals', body: 'PendingApprovals' } },
      refuses: { 400: 'only `pending` can be asked for' },
    },
    {
      method: 'GET',
      path: '/v1/approvals/report',
      id: 'approvalReport',
      says: 'What people decided in a window of time, how long they took and what it cost.',
      caller: 'signer',
      query: reportQuery,
      answers: { 200: { says: 'the figures', body: 'ApprovalReport' } },
      refuses: { 400: 'the window does not fit' },
    },
    {
      method: 'GET',
      path: '/v1/approvals/{id}',
      id: 'approval',
      says: 'One approval: what is asked, of whom, and what they said.',
      caller: 'signer',
      answers: { 200: { says: 'the approval', body: 'Approval' } },
      refuses: { 404: 'there is no such approval' },
    },
  ],
};
