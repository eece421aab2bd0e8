import * as z from 'zod';
import { parseInput } from '../json-call.ts';
import { AwsError } from '../service.ts';
import type { Execution } from './execution.ts';
import { type Cloud, existing, ofExecution, ofMachine } from './requests.ts';
import type { StoredEvent } from './store.ts';

const paging = { maxResults: z.int().min(0).max(1000).default(100), nextToken: z.string().optional() };
const listing = ofMachine.extend({ ...paging, statusFilter: z.string().optional() });
const history = ofExecution.extend({ ...paging, reverseOrder: z.boolean().default(false) });

/** An execution in the form of DescribeExecution. */
export function describe({ arn, machineArn, name, status, startedAt, input, end }: Execution): unknown {
  return {
    executionArn: arn,
    stateMachineArn: machineArn,
    name,
    status,
    startDate: secondsOf(startedAt),
    input: JSON.stringify(input),
    inputDetails: { included: true },
    ...(end && { stopDate: secondsOf(end.stoppedAt) }),
    ...(end?.output !== undefined && {
      output: JSON.stringify(end.output),
      outputDetails: { included: true },
    }),
    ...(end?.error !== undefined && { error: end.error }),
    ...(end?.cause !== undefined && { cause: end.cause }),
    redriveCount: 0,
    redriveStatus: 'NOT_REDRIVABLE',
  };
}

/** Executions of one machine, newest first, in pages. */
export function list({ machines, store }: Cloud, body: unknown): unknown {
  const { stateMachineArn, statusFilter, maxResults, nextToken } = parseInput(listing, body);
  if (!machines.has(stateMachineArn)) {
    throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
  }
  const filter = { machineArn: stateMachineArn, ...(statusFilter !== undefined && { status: statusFilter }) };
  const all = store.list({ ...filter, limit: 100_000 });
  const { page, next } = pageOf(all, maxResults, nextToken);
  const executions = page.map((execution) => ({
    executionArn: execution.arn,
    stateMachineArn,
    name: execution.name,
    status: execution.status,
    startDate: secondsOf(execution.startedAt),
    ...(execution.end && { stopDate: secondsOf(execution.end.stoppedAt) }),
  }));
  return { executions, ...(next && { nextToken: next }) };
}

/** An execution's events in pages, in AWS's form. */
export function historyOf(cloud: Cloud, body: unknown): unknown {
  const { reverseOrder, maxResults, nextToken } = parseInput(history, body);
  const all = cloud.store.events(existing(cloud, body).arn);
  const { page, next } = pageOf(reverseOrder ? all.toReversed() : all, maxResults, nextToken);
  return { events: page.map(eventOf), ...(next && { nextToken: next }) };
}

const eventOf = ({ id, at, type, details }: StoredEvent) => ({
  id,
  previousEventId: id - 1,
  timestamp: secondsOf(at),
  type,
  ...details,
});

function pageOf<T>(all: readonly T[], maxResults: number, nextToken: string | undefined) {
  const from = nextToken === undefined ? 0 : Number(nextToken);
  if (!Number.isInteger(from)) throw new AwsError('InvalidToken', `Invalid Token: 'Invalid token'`);
  const size = maxResults || 100;
  const next = from + size < all.length ? `${from + size}` : undefined;
  return { page: all.slice(from, from + size), next };
}

/** Epoch milliseconds as the API sends times. */
export const secondsOf = (ms: number) => ms / 1000;
