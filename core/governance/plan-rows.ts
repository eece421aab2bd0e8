import { agentKey, agentManifest, type AgentRow, gateKey, type Stage, stages } from '../agent/agent.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Change, Write } from '../change.ts';
import type { Actor, EventType } from '../event.ts';
import type { Key, Row } from '../row.ts';
import { workflowKey } from '../run/run.ts';
import { COE, type Finding, ofKind, type Placed } from './manifest.ts';
import { groupKey, personKey } from './person.ts';
import { unitKey } from './unit.ts';

/** A row as the manifests want it. */
export type Wanted = {
  readonly noun: 'person' | 'group' | 'unit' | 'workflow' | 'agent';
  readonly id: string;
  readonly key: Key;
  readonly content: Readonly<Record<string, unknown>>;
  readonly unit: string;
  readonly place: { readonly file: string; readonly line: number };
};

/** What becomes of one row: `fields` names what differs. */
export type Step = {
  readonly noun: Wanted['noun'];
  readonly id: string;
  readonly action: 'create' | 'change' | 'none';
  readonly fields: readonly string[];
  readonly change?: Change;
};

/** Every row the manifests ask for, in the order rows depend on each other. */
export function wantedRows(placed: readonly Placed[]): readonly Wanted[] {
  return [
    ...ofKind(placed, 'Person').map((each) => wanted(each, 'person', personKey, listKinds.person)),
    ...ofKind(placed, 'Group').map((each) => wanted(each, 'group', groupKey, listKinds.group)),
    ...ofKind(placed, 'BusinessUnit').map((each) => wanted(each, 'unit', unitKey, listKinds.unit)),
    ...ofKind(placed, 'Workflow').map((each) => wanted(each, 'workflow', workflowKey, listKinds.workflow)),
    ...ofKind(placed, 'Agent').map((each) => wanted(each, 'agent', agentKey, listKinds.agent(each.layer))),
  ];
}

/** Where each noun is listed; agents by their unit. */
export const listKinds = {
  person: 'PERSON',
  group: 'GROUP',
  unit: 'UNIT',
  workflow: 'WORKFLOW',
  agent: (unit: string) => `AGENTS#${unit}`,
} as const;

type Listed = Placed<'Person' | 'Group' | 'BusinessUnit' | 'Workflow' | 'Agent'>;

function wanted(each: Listed, noun: Wanted['noun'], keyOf: (id: string) => Key, listKind: string): Wanted {
  const { kind, ...content } = each.manifest;
  const { id } = content;
  const owner = noun === 'agent' || noun === 'workflow' ? { unit: each.layer } : {};
  return {
    noun,
    id,
    key: keyOf(id),
    content: { ...content, ...owner, listKind, listKey: id },
    unit: each.layer === COE ? COE : each.layer,
    place: { file: each.file, line: each.line },
  };
}

/** Compares a wanted row with the stored one; equal means nothing happens. */
export function planRow(
  want: Wanted,
  stored: Readonly<Record<string, unknown>> | undefined,
  by: { readonly actor: Actor; readonly now: Date },
): Step | Finding {
  const fields = differences(want.content, stored);
  const step = { noun: want.noun, id: want.id, fields };
  if (stored && fields.length === 0) return { ...step, action: 'none' };
  const illegal = want.noun === 'agent' && stored ? illegalStage(want, stored) : undefined;
  if (illegal) return { ...want.place, reason: illegal };
  const version = stored ? Number(stored['version']) + 1 : 1;
  const row: Row = { ...want.content, ...want.key, v: 1, version };
  const put: Write = stored ? { kind: 'replace', row, ifVersion: version - 1 } : { kind: 'create', row };
  const gate = want.noun === 'agent' ? [gateWrite(row as Row & AgentRow, by.now)] : [];
  const change: Change = {
    writes: [put, ...gate],
    events: [
      {
        v: 1,
        subject: want.key.pk,
        version,
        type: eventTypeOf(want.noun, stored !== undefined),
        at: by.now.toISOString(),
        actor: by.actor,
        unit: want.unit,
        data: { id: want.id, fields },
      },
    ],
    result: row,
  };
  return { ...step, action: stored ? 'change' : 'create', change };
}

/** The agent's gate follows its row in the same change. */
function gateWrite({ id, stage, dailyActions }: AgentRow, now: Date): Write {
  return { kind: 'gate', key: gateKey(id), stage, dailyActions, day: now.toISOString().slice(0, 10) };
}

function differences(
  want: Wanted['content'],
  stored: Readonly<Record<string, unknown>> | undefined,
): string[] {
  const names = new Set([...Object.keys(want), ...Object.keys(stored ?? {})]);
  const own = ['pk', 'sk', 'v', 'version', 'listKind', 'listKey'];
  return [...names].filter(
    (name) =>
      !own.includes(name) && canonicalJson(want[name] ?? null) !== canonicalJson(stored?.[name] ?? null),
  );
}

const agentStage = agentManifest.shape.stage;

function illegalStage(want: Wanted, stored: Readonly<Record<string, unknown>>): string | undefined {
  const from = agentStage.parse(stored['stage']);
  const to = agentStage.parse(want.content['stage']);
  const next: readonly Stage[] = stages[from];
  if (from === to || next.includes(to)) return undefined;
  return `stage: ${from} can't become ${to}; next may be: ${next.join(', ') || 'nothing'}`;
}

function eventTypeOf(noun: Wanted['noun'], known: boolean): EventType {
  if (noun === 'agent' && !known) return 'agent.registered';
  return `${noun}.changed`;
}
