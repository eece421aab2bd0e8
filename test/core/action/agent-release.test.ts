import { describe, expect, it } from 'vitest';
import { actionBody } from '../../../core/action/action.ts';
import { requestAction } from '../../../core/action/request-action.ts';
import { actionIdOf } from '../../../core/id.ts';
import { noSwitches } from '../../../core/switch/switch.ts';
import { allow, deny, hold, NOW, someAgent, someBody, someGate, someGuard } from '../../harness/facts.ts';
import { whole } from '../whole-change.ts';

const release = { version: '1.0.0', model: 'small', promptHash: 'a'.repeat(64) };
const agent = someAgent({ release });

describe('an action’s row and its event', () => {
  it.each([
    ['allowed', allow],
    ['held', hold(someGuard())],
    ['denied', deny],
  ])('name the release of the agent that asked: %s', (_, decision) => {
    const { id, unit, roles, stage, sponsor } = agent;
    const asked = { agent: { id, unit, roles, stage, sponsor }, approvals: [] };
    const request = { id: actionIdOf(id, 'order-0001'), body: actionBody.parse(someBody()) };
    const facts = { agent, gate: someGate(), switches: noSwitches };
    const { result, events } = whole(requestAction(facts, request, { decision, asked, toolHash: 'h' }, NOW));
    expect(result.agentRelease).toEqual(release);
    expect(events[0]?.data['agentRelease']).toEqual(release);
  });
});
