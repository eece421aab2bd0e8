import * as z from 'zod';
import { parseInput } from '../json-call.ts';
import { AwsError } from '../service.ts';
import { type End, type Execution, STATUSES } from './execution.ts';
import { type Cloud, existing, existingMachine, executionName, machineName } from './requests.ts';
import type { StoredEvent } from './rows.ts';

const paging = {
  maxResults: z.int().min(0).max(1000).default(100),
  nextToken: z.string().max(1024).optional(),
};
const describing = z.strictObject({ ...executionName, includedData: z.literal('ALL_DATA').optional() });
const listing = z.strictObject({ ...machineName, ...paging, statusFilter: z.enum(STATUSES).optional() });
const history = z.strictObject({
  ...executionName,
  ...paging,
  reverseOrder: z.boolean().default(false),
  includeExecutionData: z.literal(true).optional(),
});

/** An execution in the form of DescribeExecution. */
export function describeExecution(cloud: Cloud, body: unknown): unknown {
  parseInput(describing, body);
  const { arn, machineArn, name, status, startedAt, input, end } = existing(cloud, body);
  return {
    executionArn: arn,
    stateMachineArn: machineArn,
    name,
    status,
    startDate: secondsOf(startedAt),
    input: JSON.stringify(input),
    inputDetails: { included: true },
    ...(end && endingOf(end)),
    redriveCount: 0,
    redriveStatus: 'NOT_REDRIVABLE',
  };
}

function endingOf({ stoppedAt, output, error, cause }: End) {
  return {
    stopDate: secondsOf(stoppedAt),
    ...(output !== undefined && { output: JSON.stringify(output), outputDetails: { included: true } }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
  };
}

/** Executions of one machine, newest first, in pages. */
export function list(cloud: Cloud, body: unknown): unknown {
  const { stateMachineArn, statusFilter, maxResults, nextToken } = parseInput(listing, body);
  const machineArn = existingMachine(cloud, stateMachineArn).arn;
  const filter = { machineArn, ...(statusFilter !== undefined && { status: statusFilter }) };
  const { page, next } = pageOf(cloud.store.list({ ...filter, limit: 100_000 }), maxResults, nextToken);
  return { executions: page.map(summaryOf), ...(next && { nextToken: next }) };
}

const summaryOf = ({ arn, machineArn, name, status, startedAt, end }: Execution) => ({
  executionArn: arn,
  stateMachineArn: machineArn,
  name,
  status,
  startDate: secondsOf(startedAt),
  ...(end && { stopDate: secondsOf(end.stoppedAt) }),
});

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
  if (!/^\d{1,9}$/.test(nextToken ?? '0'))
    throw new AwsError('InvalidToken', `Invalid Token: 'Invalid token'`);
  const from = Number(nextToken ?? 0);
  const size = maxResults || 100;
  const next = from + size < all.length ? `${from + size}` : undefined;
  return { page: all.slice(from, from + size), next };
}

/** Epoch milliseconds as the API sends times. */
export const secondsOf = (ms: number) => ms / 1000;
