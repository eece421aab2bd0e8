import { setTimeout as sleep } from 'node:timers/promises';
import { expireApproval } from '../../core/approval/expire-approval.ts';
import { supersedeApproval } from '../../core/approval/supersede-approval.ts';
import { withdrawApproval } from '../../core/approval/withdraw-approval.ts';
import { type Change, isRefusal, type Refusal } from '../../core/change.ts';
import { type ApprovalFacts, loadApproval } from '../../functions/aws/load-approval.ts';
import { decideAndCommit } from '../../functions/aws/registry.ts';
import { askApprovers } from '../../functions/approval/ask-approvers.ts';
import { browse, openDesk } from '../harness/approvers.ts';
import { buyer, type World } from '../harness/door.ts';
import { NOW } from '../harness/facts.ts';
import { ann, bob, switchDesk } from '../harness/switches.ts';
import type { Held } from '../harness/votes.ts';
import { faultsIn } from './story-faults.ts';
import {
  type Came,
  cast,
  execute,
  hold,
  outcomeOf,
  people,
  type Size,
  startVoting,
  storyOf,
  tally,
} from './voting-company.ts';

export type VoteStorm = {
  readonly rounds: number;
  /** How the approvals ended. */
  readonly ends: Readonly<Record<string, number>>;
  /** What became of every ballot. */
  readonly ballots: Readonly<Record<string, number>>;
  /** What the page answered to those who came by it. */
  readonly pages: Readonly<Record<string, number>>;
  readonly calls: number;
  readonly faults: readonly string[];
};

type Weather = (world: World, held: Held) => Promise<Came>;

const close = (verb: (facts: ApprovalFacts, now: Date) => Change | Refusal, at?: number): Weather => {
  return ({ deps: { registry, now } }, { approval }) =>
    outcomeOf(async () => {
      const clock = () => (at === undefined ? now() : new Date(at));
      const done = await decideAndCommit(registry, async () =>
        verb(await loadApproval(registry, approval, clock()), clock()),
      );
      return isRefusal(done) ? 'refused' : 'done';
    });
};

const expireNow = close((facts) =>
  expireApproval(facts, 'deadline', new Date(Date.parse(facts.approval.expiresAt))),
);
const askAgain: Weather = (world, { approval }) =>
  outcomeOf(async () => {
    await askApprovers(openDesk(world).deps, { token: 'again', approval, deadline: 1 });
    return 'done';
  });

/** What may happen in the midst of the votes besides the votes. */
const weathers: readonly Weather[] = [
  async () => 'done',
  askAgain,
  expireNow,
  close((facts, now) => withdrawApproval(facts, { agent: buyer }, now)),
  close((facts, now) => supersedeApproval(facts, 'rules-changed', now)),
  async (world) => {
    await switchDesk(world).stop(`agent:${buyer}`);
    return 'done';
  },
  close((facts, now) => expireApproval(facts, 'unreachable', now)),
];

const pause = (least: number, more: number) => sleep(least + Math.random() * more);

/** When yeses, noes and the weather begin, in milliseconds: at once, or one before the others. */
const starts = [
  { yes: 0, no: 0, weather: 0 },
  { yes: 0, no: 250, weather: 120 },
  { yes: 120, no: 120, weather: 0 },
  { yes: 0, no: 120, weather: 0 },
  { yes: 20, no: 0, weather: 10 },
] as const;

/**
 * So many yeses against as many noes at once, by function and by page, while links are sent again, time ends, the agent
 * takes it back, rules change or a kill switch falls; three executors come in their midst and three after.
 */
export async function stormVotes(
  world: World,
  rounds: number,
  { size, say = () => {} }: { readonly size: Size; readonly say?: (line: string) => void },
): Promise<VoteStorm> {
  let storm: VoteStorm = { rounds, ends: {}, ballots: {}, pages: {}, calls: 0, faults: [] };
  for (let round = 0; round < rounds; round += 1) {
    storm = add(storm, await runRound(world, round, size));
    if ((round + 1) % 20 === 0) say(`${round + 1} of ${rounds}: ${JSON.stringify(storm.ends)}`);
  }
  return storm;
}

async function runRound(world: World, round: number, size: Size): Promise<Omit<VoteStorm, 'rounds'>> {
  world.clock.now = NOW;
  world.erp.calls.length = 0;
  const held = await hold(world, round);
  const pages = await openPages(world, held, 6);
  world.clock.now = new Date(NOW.getTime() + 61_000);
  const weather = weathers[round % weathers.length] ?? askAgain;
  const { yes, no, weather: comes } = starts[round % starts.length] ?? starts[0];
  const circle = people('circle', size.circle).slice(pages.length);
  const ballots = [
    ...circle.map((person) => voter(world, held, { person, decision: 'approve' }, yes)),
    ...people('board', size.board).map((person) => voter(world, held, { person, decision: 'deny' }, no)),
  ];
  const storm = [
    pause(comes, 10).then(() => weather(world, held)),
    ...Array.from({ length: 3 }, () => pause(0, 200).then(() => execute(world, held))),
  ];
  const answers = Promise.all(pages.map((send) => pause(yes, 10).then(send)));
  const came = await Promise.all(ballots);
  await Promise.all(storm);
  const shown = await answers;
  await settle(world, held);
  const { approval } = await storyOf(world, held);
  return {
    ends: { [approval.status]: 1 },
    ballots: tally(came),
    pages: tally(shown.map(String)),
    calls: world.erp.calls.length,
    faults: await faultsIn(world, held),
  };
}

async function voter(
  world: World,
  held: Held,
  ballot: { readonly person: string; readonly decision: 'approve' | 'deny' },
  from: number,
): Promise<Came> {
  await pause(from, 30);
  return cast(world, held, ballot, world.deps.now);
}

/** Some of the circle have opened their page and are about to press Approve. */
async function openPages(world: World, held: Held, count: number) {
  const links = [...(await openDesk(world).ask(held)).values()].slice(0, count);
  const { nonce, send } = browse(world);
  const nonces = await Promise.all(links.map((link) => nonce(link)));
  return links.map((link, n) => async () => {
    const { status } = await send(link, { decision: 'approve', nonce: nonces[n] ?? '' });
    return status;
  });
}

/** What is left when the storm is over: executors once more, and time's end for what nobody decided. */
async function settle(world: World, held: Held): Promise<void> {
  await Promise.all(Array.from({ length: 3 }, () => execute(world, held)));
  await expireNow(world, held);
  const desk = switchDesk(world);
  await desk.restore(`agent:${buyer}`, ann);
  await desk.restore(`agent:${buyer}`, bob);
  await execute(world, held);
}

function add(storm: VoteStorm, found: Omit<VoteStorm, 'rounds'>): VoteStorm {
  return {
    rounds: storm.rounds,
    ends: sum(storm.ends, found.ends),
    ballots: sum(storm.ballots, found.ballots),
    pages: sum(storm.pages, found.pages),
    calls: storm.calls + found.calls,
    faults: [...storm.faults, ...found.faults],
  };
}

type Counts = Readonly<Record<string, number>>;
const sum = (one: Counts, other: Counts): Counts =>
  Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((key) => [
      key,
      (one[key] ?? 0) + (other[key] ?? 0),
    ]),
  );

export type Edge = {
  readonly ends: Counts;
  readonly ballots: Counts;
  readonly faults: readonly string[];
};

/** Votes whose clocks are a millisecond around the deadline against the clock that ends it. */
export async function stormDeadline(world: World, rounds: number): Promise<Edge> {
  let edge: Edge = { ends: {}, ballots: {}, faults: [] };
  for (let round = 0; round < rounds; round += 1) {
    const { end, came, faults } = await runDeadline(world, round);
    const ends = sum(edge.ends, { [end]: 1 });
    edge = { ends, ballots: sum(edge.ballots, tally(came)), faults: [...edge.faults, ...faults] };
  }
  return edge;
}

async function runDeadline(world: World, round: number) {
  world.clock.now = NOW;
  const held = await hold(world, round % 2);
  const deadline = NOW.getTime() + 3_600_000;
  world.clock.now = new Date(deadline);
  const near = () => new Date(deadline + Math.floor(Math.random() * 3) - 1);
  const expire = close((facts) => expireApproval(facts, 'deadline', near()));
  const votes = people('circle', 4).map(async (person) => {
    await pause(0, 3);
    return cast(world, held, { person, decision: 'approve' }, near);
  });
  const others = [pause(0, 4).then(() => expire(world, held)), pause(0, 6).then(() => execute(world, held))];
  const came = await Promise.all(votes);
  await Promise.all(others);
  await settle(world, held);
  const { approval } = await storyOf(world, held);
  return { end: approval.status, came, faults: await faultsIn(world, held) };
}

/** The whole storm; fails at any fault, or when a race it is about was never run. */
export async function soakVotes(rounds: number, deadlines: number): Promise<number> {
  const size = { circle: 50, board: 50 };
  const world = await startVoting(size);
  try {
    const storm = await stormVotes(world, rounds, { size, say: (line) => console.log(line) });
    console.log(JSON.stringify(storm));
    const edge = await stormDeadline(world, deadlines);
    console.log(JSON.stringify(edge));
    const met = ['approved', 'denied', 'expired', 'withdrawn', 'superseded'].every((end) => storm.ends[end]);
    const raced = edge.ends['approved'] !== undefined && edge.ends['expired'] !== undefined;
    return met && raced && storm.faults.length + edge.faults.length === 0 ? 0 : 1;
  } finally {
    await world.stop();
  }
}
