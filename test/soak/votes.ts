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

const pause = (most: number) => sleep(Math.random() * most);

/**
 * So many yeses against as many noes at once, by function and by page, while links are sent again, time ends, the agent
 * takes it back, rules change or a kill switch falls; three executors come in their midst and three after.
 */
export async function stormVotes(
  rounds: number,
  { size = { circle: 50, board: 50 }, say = () => {} }: { size?: Size; say?: (line: string) => void } = {},
): Promise<VoteStorm> {
  const world = await startVoting(size);
  let storm: VoteStorm = { rounds, ends: {}, ballots: {}, pages: {}, calls: 0, faults: [] };
  try {
    for (let round = 0; round < rounds; round += 1) {
      storm = add(storm, await runRound(world, round, size));
      if ((round + 1) % 20 === 0) say(`${round + 1} of ${rounds}: ${JSON.stringify(storm.ends)}`);
    }
  } finally {
    await world.stop();
  }
  return storm;
}

async function runRound(world: World, round: number, size: Size): Promise<Omit<VoteStorm, 'rounds'>> {
  world.clock.now = NOW;
  world.erp.calls.length = 0;
  const held = await hold(world, round);
  const pages = await openPages(world, held, 6);
  world.clock.now = new Date(NOW.getTime() + 61_000);
  const weather = weathers[Math.floor(round / 4) % weathers.length] ?? askAgain;
  const yes = people('circle', size.circle).slice(pages.length);
  /** In every third round the noes come late, so that quorums are met too. */
  const patience = round % 3 === 0 ? 30 : 400;
  const ballots = [
    ...yes.map((person) => voter(world, held, { person, decision: 'approve' }, 30)),
    ...people('board', size.board).map((person) =>
      voter(world, held, { person, decision: 'deny' }, patience + 30),
    ),
  ];
  const storm = [
    pause(patience).then(() => weather(world, held)),
    ...Array.from({ length: 3 }, () => pause(200).then(() => execute(world, held))),
  ];
  const answers = Promise.all(pages.map((send) => pause(10).then(send)));
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
  patience: number,
): Promise<Came> {
  await pause(patience);
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

/** Votes whose clocks are a millisecond around the deadline against the clock that ends it. */
export async function stormDeadline(
  rounds: number,
): Promise<{ readonly ends: Counts; readonly ballots: Counts; readonly faults: readonly string[] }> {
  const size = { circle: 20, board: 2 };
  const world = await startVoting(size);
  let [ends, ballots]: [Counts, Counts] = [{}, {}];
  const faults: string[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      world.clock.now = NOW;
      const held = await hold(world, round % 2);
      const deadline = NOW.getTime() + 3_600_000;
      world.clock.now = new Date(deadline);
      const near = () => new Date(deadline + Math.floor(Math.random() * 3) - 1);
      const came = await Promise.all([
        ...people('circle', 4).map(async (person) => {
          await pause(3);
          return cast(world, held, { person, decision: 'approve' }, near);
        }),
        pause(4).then(() => close((facts) => expireApproval(facts, 'deadline', near()))(world, held)),
        pause(6).then(() => execute(world, held)),
      ]);
      await settle(world, held);
      const { approval } = await storyOf(world, held);
      ends = sum(ends, { [approval.status]: 1 });
      ballots = sum(ballots, tally(came));
      faults.push(...(await faultsIn(world, held)));
    }
  } finally {
    await world.stop();
  }
  return { ends, ballots, faults };
}

/** The whole storm; fails at any fault, or when a race it is about was never run. */
export async function soakVotes(rounds: number, deadlines: number): Promise<number> {
  const storm = await stormVotes(rounds, { say: (line) => console.log(line) });
  console.log(JSON.stringify(storm));
  const edge = await stormDeadline(deadlines);
  console.log(JSON.stringify(edge));
  const met = ['approved', 'denied', 'expired', 'withdrawn', 'superseded'].every((end) => storm.ends[end]);
  const raced = edge.ends['approved'] !== undefined && edge.ends['expired'] !== undefined;
  return met && raced && storm.faults.length + edge.faults.length === 0 ? 0 : 1;
}
