import { agentKey, type AgentRow, gateWrite } from '../agent/agent.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Change, Write } from '../change.ts';
import type { Actor } from '../event.ts';
import type { Key, Row } from '../row.ts';
import { workflowKey } from '../run/run.ts';
import { type Standing, standingOf } from './agent-life.ts';
import { administratorsKey } from './administrator.ts';
import { agentData, agentObstacle, agentWarnings, asItStands, eventTypeOf } from './plan-agent.ts';
import { councilKey } from './council.ts';
import { type FieldDifference, fieldDifferences } from './field-difference.ts';
import { COE, type Finding, ofKind, type Placed } from './manifest.ts';
import { groupKey, personKey } from './person.ts';
import { unitKey } from './unit.ts';

/** A row as the manifests want it. */
export type Wanted = {
  readonly noun: 'person' | 'group' | 'unit' | 'workflow' | 'agent' | 'administrators' | 'council';
  readonly id: string;
  readonly key: Key;
  readonly content: Readonly<Record<string, unknown>>;
  readonly unit: string;
  /** Of an agent: what the centre's layer says of it. */
  readonly standing?: Standing;
  readonly place: { readonly file: string; readonly line: number };
  /** No manifest asks for it any more: it leaves use, and its history stays. */
  readonly withdrawn?: true;
};

/** What becomes of one row: `fields` names what differs. */
export type Step = {
  readonly noun: Wanted['noun'];
  readonly id: string;
  readonly action: 'create' | 'change' | 'withdraw' | 'none';
  readonly fields: readonly string[];
  /** Of a change: each field as it is and as it would be. */
  readonly differences: readonly FieldDifference[];
  /** Whose it is and was: `coe` or units. */
  readonly layers: readonly string[];
  /** What to know though nothing is refused. */
  readonly warnings?: readonly string[];
  readonly change?: Change;
};

/** Every row the manifests ask for, in the order rows depend on each other. */
export function wantedRows(placed: readonly Placed[]): readonly Wanted[] {
  return [
    ...ofKind(placed, 'Person').map((each) => wanted(each, 'person', personKey, listKinds.person)),
    ...ofKind(placed, 'Group').map((each) => wanted(each, 'group', groupKey, listKinds.group)),
    ...ofKind(placed, 'BusinessUnit').map((each) => wanted(each, 'unit', unitKey, listKinds.unit)),
    ...ofKind(placed, 'Workflow').map((each) => wanted(each, 'workflow', workflowKey, listKinds.workflow)),
    ...ofKind(placed, 'Agent').map((each) => ({
      ...wanted(each, 'agent', agentKey, listKinds.agent(each.layer)),
      standing: standingOf(placed, each.manifest),
    })),
    ...administrators(placed),
    ...ofKind(placed, 'Council').map((each) => wanted(each, 'council', () => councilKey, listKinds.council)),
  ];
}

/** Where each noun is listed; agents by their unit. */
export const listKinds = {
  person: 'PERSON',
  group: 'GROUP',
  unit: 'UNIT',
  workflow: 'WORKFLOW',
  administrators: 'ADMINISTRATORS',
  council: 'COUNCIL',
  agent: (unit: string) => `AGENTS#${unit}`,
} as const;

type Listed = Placed<'Person' | 'Group' | 'BusinessUnit' | 'Workflow' | 'Agent' | 'Council'>;

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

/** All administrators are one row; without any manifest there is none. */
function administrators(placed: readonly Placed[]): Wanted[] {
  const all = ofKind(placed, 'Administrator');
  const [first] = all;
  if (!first) return [];
  const entries = all.map(({ manifest: { kind, ...entry } }) => entry);
  const sorted = entries.sort((a, b) => (a.id < b.id ? -1 : 1));
  const listing = { listKind: listKinds.administrators, listKey: 'all' };
  const content = { id: 'all', entries: sorted, ...listing };
  const place = { file: first.file, line: first.line };
  return [{ noun: 'administrators', id: 'all', key: administratorsKey, content, unit: COE, place }];
}

/** Compares a wanted row with the stored one; equal means nothing happens. */
export function planRow(
  given: Wanted,
  stored: Readonly<Record<string, unknown>> | undefined,
  by: { readonly actor: Actor; readonly now: Date },
): Step | Finding {
  const want = asItStands(given, stored, by.now);
  const fields = differences(want.content, stored);
  const warnings = agentWarnings(want, by.now);
  const { noun, id } = want;
  const step = { noun, id, fields, ...compared(want, stored), ...(warnings.length > 0 && { warnings }) };
  if (stored && fields.length === 0) return { ...step, action: 'none' };
  const illegal = agentObstacle(want, stored, by.now);
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
        type: eventTypeOf(want, stored),
        at: by.now.toISOString(),
        actor: by.actor,
        unit: want.unit,
        data: {
          id: want.id,
          fields,
          ...agentData(want, stored, by.now),
          ...(want.withdrawn && { pruned: true }),
        },
      },
    ],
    result: row,
  };
  const action = want.withdrawn ? 'withdraw' : stored ? 'change' : 'create';
  return { ...step, action, change };
}

/** Kept by the registry itself, in no manifest. */
export const ownFields = ['pk', 'sk', 'v', 'version', 'listKind', 'listKey'];

function compared(
  { content, unit }: Wanted,
  stored: Readonly<Record<string, unknown>> | undefined,
): Pick<Step, 'differences' | 'layers'> {
  const before = stored?.['unit'];
  return {
    differences: stored ? fieldDifferences(stored, content, ownFields) : [],
    layers: typeof before === 'string' && before !== unit ? [unit, before] : [unit],
  };
}

function differences(
  want: Wanted['content'],
  stored: Readonly<Record<string, unknown>> | undefined,
): string[] {
  const names = new Set([...Object.keys(want), ...Object.keys(stored ?? {})]);
  return [...names].filter(
    (name) =>
      !ownFields.includes(name) &&
      canonicalJson(want[name] ?? null) !== canonicalJson(stored?.[name] ?? null),
  );
}
