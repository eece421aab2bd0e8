import { describe, expect, it } from 'vitest';
import { agentManifest } from '../../core/agent/agent.ts';
import { isRefusal } from '../../core/change.ts';
import { Fault, faultNames } from '../../core/fault.ts';
import { personRow } from '../../core/governance/person.ts';
import { parseRow } from '../../core/row.ts';
import { someAgent, somePerson } from '../harness/facts.ts';

describe('reading a stored row', () => {
  it('ignores fields a newer deploy wrote', () => {
    expect(parseRow(personRow, { ...somePerson('ann'), shoeSize: 42 })).toEqual(somePerson('ann'));
  });

  it.each<[string, object]>([
    ['a field is missing', { email: undefined }],
    ['a field is of another kind', { status: 'asleep' }],
    ['its layout is another', { v: 2 }],
    ['its version is none', { version: 0 }],
  ])('is a fault when %s, which names the row and the field and no value', (_, fields) => {
    const read = () => parseRow(personRow, { ...somePerson('ann'), ...fields });
    expect(read).toThrow(expect.objectContaining({ name: 'RowUnreadable' }));
    expect(read).toThrow(`row PERSON#ann / PERSON does not parse at: ${Object.keys(fields)[0]}`);
    expect(read).not.toThrow(/asleep/);
  });
});

describe('an agent’s key', () => {
  it('has no private part in the registry', () => {
    const { pk, sk, v, version, unit, revokedKeys, ...manifest } = someAgent();
    const withKey = (more: object) => ({
      ...manifest,
      kind: 'Agent',
      keys: [{ ...manifest.keys[0], ...more }],
    });
    expect(agentManifest.safeParse(withKey({})).success).toBe(true);
    expect(agentManifest.safeParse(withKey({ d: 'private' })).success).toBe(false);
  });
});

describe('a refusal and a fault', () => {
  it('are told apart from what was asked for', () => {
    expect(isRefusal({ refused: 'too-late', detail: '' })).toBe(true);
    expect(isRefusal({ writes: [] })).toBe(false);
  });

  it('keeps its literal name, which state machines match', () => {
    for (const name of faultNames) expect(new Fault(name, 'x')).toMatchObject({ name, message: 'x' });
  });
});
