import {
  actingStages,
  agentManifest,
  type AgentRow,
  firstStages,
  type Stage,
  stages,
} from '../agent/agent.ts';
import type { Promotion, ReleaseWaiver } from '../agent/agent-release.ts';
import { canonicalJson } from '../canonical-json.ts';
import { ofKind, type Placed } from './manifest.ts';

/** What the centre's layer says of one agent, and whether somebody answers for it. */
export type Standing = {
  readonly sponsorLeft: boolean;
  readonly promotions: readonly Promotion[];
  readonly waivers: readonly ReleaseWaiver[];
};

type Stored = Readonly<Record<string, unknown>>;
type Moving = {
  readonly want: Pick<AgentRow, 'id' | 'stage' | 'release' | 'recertifyBy' | 'sponsor'>;
  readonly stored: Stored | undefined;
  readonly standing: Standing;
  readonly now: Date;
};

/** Days a certification may last. */
export const CERTIFIED_DAYS = 366;

/**
 * What each way into production asks for; one of them is enough. A promotion and a waiver stand in the centre's
 * layer, where no unit can write them.
 */
export const intoProduction = {
  pilot: ['promotion'],
  suspended: ['was-there-with-this-release', 'promotion'],
  production: ['same-release', 'waiver'],
} as const;
type Proof = (typeof intoProduction)[keyof typeof intoProduction][number];

const same = (one: unknown, other: unknown) => canonicalJson(one ?? null) === canonicalJson(other ?? null);
const dayOf = (now: Date) => now.toISOString().slice(0, 10);

const promotionOf = ({ want, standing }: Moving) =>
  standing.promotions.find(({ release }) => same(release, want.release));
const waiverOf = ({ want, standing, now }: Moving) =>
  standing.waivers.find(({ release, until }) => same(release, want.release) && until >= dayOf(now));

/** Rows from before releases were recorded name their first one freely. */
const proofs: Readonly<Record<Proof, (moving: Moving) => boolean>> = {
  promotion: (moving) => promotionOf(moving) !== undefined,
  'was-there-with-this-release': ({ want, stored }) =>
    want.release !== undefined && same(stored?.['productionRelease'], want.release),
  'same-release': ({ want, stored }) =>
    stored?.['release'] === undefined || same(stored['release'], want.release),
  waiver: (moving) => waiverOf(moving) !== undefined,
};

/** What the centre's layer says of an agent; a sponsor who is in no file is refused elsewhere. */
export function standingOf(placed: readonly Placed[], agent: Placed<'Agent'>['manifest']): Standing {
  const sponsor = ofKind(placed, 'Person').find(({ manifest }) => manifest.id === agent.sponsor);
  const about = <M extends { readonly agent: string }>({ manifest }: { readonly manifest: M }) =>
    manifest.agent === agent.id ? [manifest] : [];
  return {
    sponsorLeft: sponsor?.manifest.status === 'left',
    promotions: ofKind(placed, 'Promotion').flatMap(about<Promotion>),
    waivers: ofKind(placed, 'ReleaseWaiver').flatMap(about<ReleaseWaiver>),
  };
}

/** Why an agent may not become what its manifest says, and what to write so that it may; `undefined` when it may. */
export function lifeObstacle(moving: Moving): string | undefined {
  const { want, stored, now } = moving;
  const latest = dayOf(new Date(now.getTime() + CERTIFIED_DAYS * 86_400_000));
  if (want.recertifyBy !== undefined && want.recertifyBy > latest) {
    return `recertifyBy: at most ${CERTIFIED_DAYS} days ahead, ${latest} at the latest`;
  }
  return stored ? moveObstacle(moving, stored) : birthObstacle(moving);
}

function birthObstacle({ want, standing }: Moving): string | undefined {
  if (standing.sponsorLeft) return `sponsor: ${want.sponsor} is no active person`;
  if (firstStages.some((stage) => stage === want.stage)) return undefined;
  return `stage: a new agent begins in ${firstStages.join(' or ')}, not in ${want.stage}`;
}

const agentStage = agentManifest.shape.stage;

function moveObstacle(moving: Moving, stored: Stored): string | undefined {
  const { want, standing } = moving;
  const from = agentStage.parse(stored['stage']);
  const next: readonly Stage[] = stages[from];
  if (from !== want.stage && !next.includes(want.stage)) {
    return `stage: ${from} can't become ${want.stage}; next may be: ${next.join(', ') || 'nothing'}`;
  }
  if (standing.sponsorLeft && actingStages.some((stage) => stage === want.stage)) {
    return `sponsor: ${want.sponsor} is no active person: nobody answers for it in ${want.stage}`;
  }
  if (want.stage !== 'production' || from === 'draft' || from === 'retired') return undefined;
  return intoProduction[from].some((proof) => proofs[proof](moving)) ? undefined : missing(from, moving);
}

/** The move with the manifest to write, so that it can be copied. */
function missing(from: keyof typeof intoProduction, { want, now }: Moving): string {
  const about = `agent: ${want.id}, release: ${JSON.stringify(want.release)}`;
  if (from === 'production') {
    return `release: a new release starts in pilot: set stage: pilot, or the centre adds to coe/: {kind: ReleaseWaiver, ${about}, reason: …, until: ${dayOf(now)}}`;
  }
  return `stage: ${from} can't become production without evidence: the centre adds to coe/: {kind: Promotion, ${about}, evidence: …, approvedBy: [person or group], at: ${dayOf(now)}}`;
}

/** What a move into production, or a new release there, rests on: kept in the agent's event. */
export function evidenceOf(moving: Moving): object {
  const { want, stored } = moving;
  const settled = stored?.['stage'] === 'production' && same(stored['release'], want.release);
  const returning = stored?.['stage'] === 'suspended' && proofs['was-there-with-this-release'](moving);
  if (want.stage !== 'production' || settled || returning) return {};
  const evidence = stored?.['stage'] === 'production' ? waiverOf(moving) : promotionOf(moving);
  return evidence ? { evidence } : {};
}
