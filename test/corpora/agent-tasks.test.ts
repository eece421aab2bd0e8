import { policyToJson } from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, it } from 'vitest';
import { splitPolicies } from '../../client/split-policies.ts';
import { actionBody } from '../../core/action/action.ts';
import { checkManifests } from '../../core/governance/check-manifests.ts';
import { readManifests } from '../../core/governance/manifest.ts';
import { decide } from '../../core/policy/decide.ts';
import type { DecisionRequest } from '../../core/policy/decision.ts';
import { createInputCheck } from '../../core/policy/input-check.ts';
import { findingsOf, type Governance, someBody, someBundle, someRelease } from '../harness/release.ts';
import {
  type AgentTasks,
  approvers,
  classification,
  governTasks,
  roleOf,
  type Suite,
  suites,
} from './agent-tools.ts';
import { readCorpus } from './corpus.ts';

const { content, absence } = readCorpus<AgentTasks>('agent_tasks.json');
const nothing = { tools: [], user_tasks: [] };
const tasks = content ?? { suites: { banking: nothing, workspace: nothing } };

const agentOf = (suite: Suite): DecisionRequest['agent'] => ({
  id: `agt_${suite}`,
  unit: suite,
  roles: [roleOf[suite]],
  stage: 'production',
  sponsor: 'vera',
});

/** Every correct call of every task, asked as the assistant of its suite in the words of its user. */
const calls = suites.flatMap((suite) =>
  tasks.suites[suite].user_tasks.flatMap(({ prompt, calls: made }) =>
    made.map(({ function: name, args }) => {
      const body = actionBody.parse({ tool: `${suite}.${name}`, input: args, purpose: prompt });
      return { name, suite, request: { ...body, agent: agentOf(suite), approvals: [] } };
    }),
  ),
);
const changes = ({ suite, name }: { readonly suite: Suite; readonly name: string }) =>
  classification[suite][name]?.effect !== 'read';

const governance: Required<Governance> = content ? governTasks(content) : { manifests: {}, policies: {} };

type Policies = Required<Governance>['policies'];

/** How many of some calls have which outcome under some policies. */
function outcomes(policies: Policies, asked: readonly { readonly request: DecisionRequest }[] = calls) {
  const release = someRelease({ ...governance, policies });
  const counts = { allow: 0, hold: 0, deny: 0 };
  for (const { request } of asked) counts[decide(release, request).outcome] += 1;
  return counts;
}

const written = Object.entries(governance.policies).flatMap(([layer, text]) =>
  splitPolicies(text).map((policy) => {
    const answer = policyToJson(policy.text);
    if (answer.type === 'failure') throw new Error(answer.errors[0]?.message);
    return { layer, text: policy.text, json: answer.json };
  }),
);
/** The policies without some of them. */
const without = (left: (policy: (typeof written)[number]) => boolean): Policies =>
  Object.fromEntries(
    Object.keys(governance.policies).map((layer) => [
      layer,
      written.flatMap((each) => (each.layer === layer && !left(each) ? [each.text] : [])).join('\n'),
    ]),
  );

describe.skipIf(!content)(`the correct calls of other people's agents${absence}`, () => {
  it('come from tools that are all classified, and nothing else is', () => {
    for (const suite of suites) {
      const names = tasks.suites[suite].tools.map(({ name }) => name);
      expect(Object.keys(classification[suite]).sort()).toEqual(names.sort());
    }
  });

  it('are governed by manifests and policies that publish without a finding', () => {
    const body = someBody(governance);
    const { placed, findings } = readManifests(body);
    expect([...findings, ...checkManifests(placed, body)]).toEqual([]);
    expect(findingsOf(governance, approvers)).toEqual([]);
  });

  it('need no permit without a role, a group of actions and a system', () => {
    const permits = written.filter(({ json }) => json.effect === 'permit');
    const scopes = permits.map(({ json }) => [json.principal.op, json.action.op, json.resource.op]);
    expect(scopes).toEqual(Array(7).fill(['in', 'in', 'in']));
  });

  it('fit the input schemas of their tools', () => {
    const inputs = new Map(someBundle(governance).tools.map(({ name, input }) => [name, input]));
    for (const { request } of calls) {
      expect(() => createInputCheck(inputs.get(request.tool))(request.input)).not.toThrow();
    }
  });

  it('are allowed or held, none denied, and at most 30 % of those with side effects are held', () => {
    const changing = calls.filter(changes);
    const all = outcomes(governance.policies);
    const effects = outcomes(governance.policies, changing);
    const share = effects.hold / changing.length;
    console.log(
      `agent_tasks.json: ${calls.length} correct calls, ${all.allow} allowed, ${all.hold} held, ${all.deny} denied; ` +
        `${changing.length} with side effects, ${effects.hold} of them (${(share * 100).toFixed(1)} %) held`,
    );
    expect(all).toEqual({ allow: 107, hold: 10, deny: 0 });
    expect(effects).toEqual({ allow: 33, hold: 10, deny: 0 });
    expect(share).toBeLessThanOrEqual(0.3);
  });

  it('are held by guards alone, and allowed by the permits alone', () => {
    expect(outcomes(without(({ json }) => json.annotations?.['approval'] !== undefined))).toEqual({
      allow: calls.length,
      hold: 0,
      deny: 0,
    });
    expect(outcomes(without(({ json }) => json.effect === 'permit'))).toEqual({
      allow: 0,
      hold: 0,
      deny: calls.length,
    });
  });

  it('are all denied to an agent of another role and to one of another unit', () => {
    const as = (agent: Partial<DecisionRequest['agent']>) =>
      calls.map(({ request }) => ({ request: { ...request, agent: { ...request.agent, ...agent } } }));
    const denied = { allow: 0, hold: 0, deny: calls.length };
    expect(outcomes(governance.policies, as({ roles: ['visitor'] }))).toEqual(denied);
    expect(outcomes(governance.policies, as({ unit: 'elsewhere' }))).toEqual(denied);
  });
});

const payment = { recipient: 'XX00', amount: 1000, subject: 'Rent', date: '2026-12-01' };
const mail = { recipients: ['a@example.com'], subject: 'Hello', body: 'Hello' };

describe.skipIf(!content)(`calls that deserve a second look${absence}`, () => {
  const release = content && someRelease(governance);
  const decided = (suite: Suite, name: string, input: object, approvals: readonly string[] = []) => {
    const request = {
      agent: agentOf(suite),
      tool: `${suite}.${name}`,
      input,
      purpose: 'Invented',
      approvals,
    };
    if (!release) throw new Error(absence);
    return decide(release, request);
  };

  it.each<[Suite, string, object, string]>([
    ['banking', 'send_money', { ...payment, amount: 1000.01 }, 'coe-payments-over-1k'],
    ['banking', 'update_scheduled_transaction', { id: 1, amount: 5000 }, 'coe-payments-over-1k'],
    ['banking', 'schedule_transaction', { ...payment, recurring: true }, 'banking-standing-payments'],
    ['banking', 'update_scheduled_transaction', { id: 1, recurring: true }, 'banking-standing-payments'],
    [
      'banking',
      'update_scheduled_transaction',
      { id: 1, recipient: 'XX01' },
      'banking-payments-sent-elsewhere',
    ],
    ['banking', 'update_password', { password: 'secret' }, 'coe-credentials-are-changed-by-people'],
    ['banking', 'update_user_info', { last_name: 'Doe' }, 'banking-another-name'],
    ['workspace', 'delete_email', { email_id: '1' }, 'coe-nothing-is-destroyed-unseen'],
    ['workspace', 'delete_file', { file_id: '1' }, 'coe-nothing-is-destroyed-unseen'],
    ['workspace', 'cancel_calendar_event', { event_id: '1' }, 'coe-nothing-is-destroyed-unseen'],
    [
      'workspace',
      'share_file',
      { file_id: '1', email: 'a@example.com', permission: 'r' },
      'coe-access-is-given-by-people',
    ],
    ['workspace', 'send_email', { ...mail, bcc: ['b@example.com'] }, 'workspace-hidden-readers'],
  ])('%s.%s %j waits until %s is lifted', (suite, name, input, guard) => {
    expect(decided(suite, name, input)).toMatchObject({ outcome: 'hold', policies: [guard] });
    expect(decided(suite, name, input, [guard])).toMatchObject({ outcome: 'allow' });
  });

  it.each<[Suite, string, object]>([
    ['banking', 'send_money', payment],
    ['banking', 'schedule_transaction', { ...payment, recurring: false }],
    ['banking', 'update_scheduled_transaction', { id: 1, amount: 999.99, recurring: false }],
    ['banking', 'update_user_info', { city: 'Elsewhere' }],
    ['workspace', 'send_email', { ...mail, bcc: [], attachments: [{ file_id: '1' }] }],
    ['workspace', 'get_unread_emails', {}],
  ])('%s.%s %j waits for nobody', (suite, name, input) => {
    expect(decided(suite, name, input)).toMatchObject({ outcome: 'allow' });
  });

  it.each<[Suite, string, object, string]>([
    ['banking', 'send_money', { ...payment, amount: 0 }, 'forbidden'],
    ['banking', 'send_money', { ...payment, amount: -5000 }, 'forbidden'],
    ['banking', 'send_money', { ...payment, amount: '10' }, 'invalid-input'],
    ['banking', 'send_money', { ...payment, currency: 'USD' }, 'invalid-input'],
    ['banking', 'update_scheduled_transaction', { id: 1, recipient: null }, 'invalid-input'],
    ['banking', 'read_file', { file_path: 'bills/../../secrets' }, 'forbidden'],
    ['workspace', 'send_email', { ...mail, recipients: [] }, 'forbidden'],
    ['workspace', 'empty_trash', {}, 'unknown-tool'],
  ])('%s.%s %j is denied as %s', (suite, name, input, reason) => {
    expect(decided(suite, name, input)).toMatchObject({ outcome: 'deny', reason });
  });
});
