import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { usedKey } from '../../core/agent/agent.ts';
import type { Change, Write } from '../../core/change.ts';
import type { AuditEvent } from '../../core/event.ts';

export type TableNames = { readonly registry: string; readonly audit: string };

/** One transaction's items: every row under its condition, every event under `attribute_not_exists`. */
export function transactItems(change: Change, tables: TableNames): TransactWriteItem[] {
  const rows = change.writes.map((write) => itemOf(write, tables.registry));
  const events = change.events.map((event) => eventItem(event, tables.audit));
  return [...rows, ...events];
}

function itemOf(write: Write, table: string): TransactWriteItem {
  switch (write.kind) {
    case 'create':
      return { Put: { ...put(write.row, table), ConditionExpression: 'attribute_not_exists(pk)' } };
    case 'replace':
      return { Put: { ...put(write.row, table), ...stillAt(write.ifVersion, write.ifStatus) } };
    case 'put':
      return { Put: put(write.row, table) };
    case 'unchanged':
      return {
        ConditionCheck: { TableName: table, Key: marshall(write.key), ...stillAt(write.ifVersion) },
      };
    case 'lease':
      return { Put: { ...put(write.row, table), ...asSeen(write.seen) } };
    case 'unfenced':
      return {
        ConditionCheck: {
          TableName: table,
          Key: marshall(write.key),
          ConditionExpression: UNFENCED,
          ExpressionAttributeValues: marshall({ ':switches': write.switches }),
        },
      };
    case 'gate':
      return { Update: gateUpdate(write, table) };
    case 'admit':
      return admitItem(write, table);
    case 'use':
      return useItem(write, table);
    case 'spend':
      return spendItem(write, table);
  }
}

function put(row: object, table: string) {
  return { TableName: table, Item: marshall(row, { removeUndefinedValues: true }) };
}

function stillAt(version: number, statuses?: readonly string[]) {
  const names = { '#version': 'version', ...(statuses && { '#status': 'status' }) };
  const allowed = Object.fromEntries((statuses ?? []).map((status, n) => [`:s${n}`, status]));
  const condition = statuses
    ? `#version = :version AND #status IN (${Object.keys(allowed).join(', ')})`
    : '#version = :version';
  return {
    ConditionExpression: condition,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: marshall({ ':version': version, ...allowed }),
  };
}

function gateUpdate({ key, stage, dailyActions, recertifyBy, day }: Write & { kind: 'gate' }, table: string) {
  const certified = recertifyBy === undefined ? ' REMOVE recertifyBy' : ', recertifyBy = :recertifyBy';
  return {
    TableName: table,
    Key: marshall({ pk: key.pk, sk: key.sk }),
    UpdateExpression: `SET #v = :v, stage = :stage, dailyActions = :cap, #day = if_not_exists(#day, :day), since = if_not_exists(since, :day), actionsToday = if_not_exists(actionsToday, :none)${certified}`,
    ExpressionAttributeNames: { '#v': 'v', '#day': 'day' },
    ExpressionAttributeValues: marshall({
      ':v': 1,
      ':stage': stage,
      ':cap': dailyActions,
      ':day': day,
      ':none': 0,
      ...(recertifyBy !== undefined && { ':recertifyBy': recertifyBy }),
    }),
  };
}

function asSeen(seen: (Write & { kind: 'lease' })['seen']) {
  if (!seen) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: 'fence = :fence AND expiresAt = :expiresAt',
    ExpressionAttributeValues: marshall({ ':fence': seen.fence, ':expiresAt': seen.expiresAt }),
  };
}

/** Engaging a kill switch raises a gate's fence: what was decided before it was read can't commit any more. */
const UNFENCED = 'attribute_not_exists(switches) OR switches <= :switches';

/** A certification that ended between the decision and its commit stops it too. */
const CERTIFIED = 'attribute_not_exists(recertifyBy) OR recertifyBy >= :today';

/** Counts on the gate's day while it is today, or later than a late clock's today: a day that is over stays over. */
function admitItem(write: Write & { kind: 'admit' }, table: string): TransactWriteItem {
  const stages = Object.fromEntries(write.stages.map((stage, n) => [`:g${n}`, stage]));
  const sameDay = write.day <= write.seenDay;
  const open = `stage IN (${Object.keys(stages).join(', ')}) AND (${UNFENCED}) AND (${CERTIFIED}) AND #day = :seen`;
  return {
    Update: {
      TableName: table,
      Key: marshall(write.key),
      UpdateExpression: sameDay
        ? 'SET actionsToday = actionsToday + :one, #used = :today'
        : 'SET #day = :day, actionsToday = :one, #used = :today',
      ConditionExpression: sameDay ? `${open} AND actionsToday < dailyActions` : open,
      ExpressionAttributeNames: { '#day': 'day', '#used': usedKey(write.tool) },
      ExpressionAttributeValues: marshall({
        ...stages,
        ':one': 1,
        ':seen': write.seenDay,
        ':today': write.day,
        ':switches': write.switches,
        ...(!sameDay && { ':day': write.day }),
      }),
    },
  };
}

/** Counts without reading, so that uses of one moment do not undo each other and none goes beyond. */
function useItem({ key, count, amount, most }: Write & { kind: 'use' }, table: string): TransactWriteItem {
  return {
    Update: {
      TableName: table,
      Key: marshall({ pk: key.pk, sk: key.sk }),
      UpdateExpression: 'SET uses = uses + :one, spent = spent + :amount',
      ConditionExpression: 'uses < :count AND spent <= :rest',
      ExpressionAttributeValues: marshall({
        ':one': 1,
        ':amount': amount,
        ':count': count,
        ':rest': most - amount,
      }),
    },
  };
}

/**
 * Adds without reading, so that actions of one moment do not undo each other; what would go beyond a limit cancels the
 * whole transaction.
 */
function spendItem(write: Write & { kind: 'spend' }, table: string): TransactWriteItem {
  const { key, day, minor, perDay, perMonth } = write;
  const limits = [
    ...(perDay === undefined ? [] : [{ field: '#day', rest: ':restOfDay', left: perDay - minor }]),
    ...(perMonth === undefined ? [] : [{ field: '#month', rest: ':restOfMonth', left: perMonth - minor }]),
  ];
  const within = limits.map(({ field, rest, left }) =>
    left < 0 ? `${field} <= ${rest}` : `(attribute_not_exists(${field}) OR ${field} <= ${rest})`,
  );
  return {
    Update: {
      TableName: table,
      Key: marshall({ pk: key.pk, sk: key.sk }),
      UpdateExpression:
        'SET #v = :v, #month = if_not_exists(#month, :none) + :minor, #day = if_not_exists(#day, :none) + :minor',
      ...(within.length > 0 && { ConditionExpression: within.join(' AND ') }),
      ExpressionAttributeNames: { '#v': 'v', '#month': 'month', '#day': day },
      ExpressionAttributeValues: marshall({
        ':v': 1,
        ':none': 0,
        ':minor': minor,
        ...Object.fromEntries(limits.map(({ rest, left }) => [rest, left])),
      }),
    },
  };
}

function eventItem(event: AuditEvent, table: string): TransactWriteItem {
  return {
    Put: { ...put(event, table), ConditionExpression: 'attribute_not_exists(subject)' },
  };
}
