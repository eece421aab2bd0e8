import { describe, expect, it } from 'vitest';
import { openProposal } from '../../../core/action/open-proposal.ts';
import { isProposal, type ProposalInput, proposalIdOf } from '../../../core/action/proposal.ts';
import { decisionFiles } from '../../../core/policy/recorded-decision.ts';
import { NOW, someAction, someGuard } from '../../harness/facts.ts';
import { rowOf, whole } from '../whole-change.ts';

const input: ProposalInput = {
  release: 'r2',
  before: 'r1',
  proposedBy: 'arn',
  changes: '~ tool x',
  seats: [],
};
const by = { actor: { kind: 'administrator', id: 'arn' } as const, now: NOW };
const open = (systemAgent: 'known' | 'missing') =>
  openProposal({ systemAgent, guard: someGuard() }, { id: proposalIdOf(input, 1), input }, by);

describe('a proposal', () => {
  it('is a held action with its approval, and makes the agent it needs', () => {
    const change = whole(open('missing'));
    expect(change.result).toMatchObject({ status: 'held', agent: 'agt_autonomy', openKind: 'HELD' });
    expect(rowOf(change, 'AGENT')).toMatchObject({ keys: [], roles: [] });
    expect(whole(open('known')).writes).toHaveLength(2);
  });

  it('is no decision of a release that a replay could make again', () => {
    expect(decisionFiles(open('missing').events)).toEqual([]);
  });

  it('has an id of its own for each state, each release and each time it is asked', () => {
    const seat = { pk: 'COUNCIL', sk: 'COUNCIL', v: 1 as const, version: 2, id: 'council' };
    const others = [
      { ...input, release: 'r3' },
      { ...input, before: 'r0' },
      { ...input, seats: [seat] },
    ];
    const ids = [input, ...others].map((each) => proposalIdOf(each, 1));
    expect(new Set([...ids, proposalIdOf(input, 2)]).size).toBe(5);
    const byAnother: ProposalInput = { ...input, proposedBy: 'another' };
    expect(proposalIdOf(byAnother, 1)).toBe(ids[0]);
  });

  it('is never what an agent asks for, whatever its tool is called', () => {
    expect(isProposal(open('known').result)).toBe(true);
    expect(isProposal(someAction({ tool: 'autonomy.activate_release' }))).toBe(false);
  });
});
