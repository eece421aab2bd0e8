import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readGovernance } from '../../client/governance-files.ts';
import { splitPolicies } from '../../client/split-policies.ts';

let directory = '';
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'governance-'))));
afterEach(() => rmSync(directory, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), text);
}

describe('reading a governance directory', () => {
  it('gives each manifest the line it begins on and the layer of its folder', () => {
    write('coe/people.yaml', '# people\nkind: Person\nid: vera\n---\nkind: Person\nid: tom\n');
    write('units/operations/deep/unit.yaml', 'kind: BusinessUnit\n');
    expect(readGovernance(directory, {}).manifests).toEqual([
      { file: 'coe/people.yaml', line: 2, layer: 'coe', document: { kind: 'Person', id: 'vera' } },
      { file: 'coe/people.yaml', line: 5, layer: 'coe', document: { kind: 'Person', id: 'tom' } },
      {
        file: 'units/operations/deep/unit.yaml',
        line: 1,
        layer: 'operations',
        document: { kind: 'BusinessUnit' },
      },
    ]);
  });

  it('gives each test case of a policy the line it begins on, apart from manifests', () => {
    write('units/operations/policies/a.cedar', 'permit (principal, action, resource);');
    write('units/operations/policies/a.cedar.test.yaml', '# limits\nname: one\n---\nname: ${WHO}\n');
    const { manifests, policies, tests } = readGovernance(directory, { WHO: 'two' });
    const at = { file: 'units/operations/policies/a.cedar.test.yaml', layer: 'operations' };
    expect(tests).toEqual([
      { ...at, line: 2, document: { name: 'one' } },
      { ...at, line: 4, document: { name: 'two' } },
    ]);
    expect(manifests).toEqual([]);
    expect(policies.map(({ file }) => file)).toEqual(['units/operations/policies/a.cedar']);
  });

  it('names file and line of a broken test case', () => {
    write('coe/a.cedar.test.yaml', 'name: one\n---\nname: two\nname: three\n');
    expect(() => readGovernance(directory, {})).toThrow('coe/a.cedar.test.yaml:4: Map keys must be unique');
  });

  it('replaces variables and names the one that has no value, with its line', () => {
    write('coe/systems.yaml', 'kind: System\nbaseUrl: ${ERP_URL}\n');
    expect(readGovernance(directory, { ERP_URL: 'https://erp.example.com' }).manifests[0]?.document).toEqual({
      kind: 'System',
      baseUrl: 'https://erp.example.com',
    });
    expect(() => readGovernance(directory, {})).toThrow(
      'coe/systems.yaml:2: give a value for ${ERP_URL}: --var ERP_URL=…',
    );
  });

  it.each([
    ['coe/people.yml', 'is neither .yaml'],
    ['coe/people.yaml.bak', 'is neither .yaml'],
    ['coe/rules.cedar.test.yml', 'is neither .yaml'],
    ['rules.cedar.test.yaml', 'belongs to nobody here'],
    ['people.yaml', 'belongs to nobody here'],
    ['units/unit.yaml', 'belongs to nobody here'],
    ['units/coe/unit.yaml', 'belongs to nobody here'],
  ])('refuses %s rather than leaving it out', (file, reason) => {
    write(file, 'kind: Person\n');
    expect(() => readGovernance(directory, {})).toThrow(`${file}:1: ${reason}`);
  });

  it('leaves notes alone, and says so when there is nothing else', () => {
    write('README.md', '# How we govern');
    expect(() => readGovernance(directory, {})).toThrow('holds no coe/');
  });

  it.each([
    ['a broken document', 'kind: Person\nid: [a\n', 'coe/a.yaml:3:'],
    ['a key given twice', 'kind: Person\nid: a\nid: b\n', 'coe/a.yaml:3: Map keys must be unique'],
    ['a tag we do not know', 'kind: !secret Person\n', 'coe/a.yaml:1: Unresolved tag'],
  ])('names file and line of %s', (_, text, message) => {
    write('coe/a.yaml', text);
    expect(() => readGovernance(directory, {})).toThrow(message);
  });

  it('reads the procurement blueprint', () => {
    const blueprint = resolve(import.meta.dirname, '../../blueprints/procurement/governance');
    const key = '{"kty":"OKP","crv":"Ed25519","x":"AAAA","kid":"k1"}';
    const names = ['KEY_GATHER', 'KEY_ANALYSE', 'KEY_ACT', 'KEY_STANDBY'];
    const variables = Object.fromEntries(names.map((name) => [name, key]));
    const body = readGovernance(blueprint, { ...variables, ERP_URL: 'http://127.0.0.1:1', STAGE: 'local' });
    expect(body.manifests.length).toBeGreaterThan(10);
    expect(body.policies.every(({ text }) => text.startsWith('@id(') && text.endsWith(';'))).toBe(true);
  });
});

describe('splitting a Cedar file', () => {
  it('ends a policy at its semicolon, not at one in a string or a comment', () => {
    const first =
      '@id("coe-a")\n@title("one; two \\"three;\\"")\npermit (principal, action, resource) // all;\n;';
    const second = '@id("coe-b") forbid (principal, action, resource);';
    expect(splitPolicies(`// kept out;\n\n${first} ${second}\n// the end;\n`)).toEqual([
      { line: 3, text: first },
      { line: 6, text: second },
    ]);
  });

  it('gives what has no semicolon to the engine to refuse, with its line', () => {
    expect(splitPolicies('\npermit (principal, action, resource)')).toEqual([
      { line: 2, text: 'permit (principal, action, resource)' },
    ]);
  });

  it('loses no policy, whatever strings and comments stand around it', () => {
    const piece = fc.constantFrom('"a;b"', '// c;\n', '\n', ' ', '"\\";"', 'permit(x) ');
    const policy = fc.array(piece, { maxLength: 8 }).map((pieces) => `forbid ${pieces.join('')}\n;`);
    fc.assert(
      fc.property(fc.array(policy, { maxLength: 6 }), (policies) => {
        const found = splitPolicies(policies.join('\n'));
        expect(found.map(({ text }) => text)).toEqual(policies);
      }),
    );
  });
});
