import type { Mutant } from './mutants.ts';

const tests = ['test/core/policy', 'test/bench'];

/** That the engine, asked with little, answers as it would if asked with everything. */
export const sliceMutants: readonly Mutant[] = [
  {
    name: 'slice: rules on groups of actions are dropped',
    file: 'core/policy/concerning.ts',
    find: "const above = action.op === 'in' ? groups : [];",
    replace: 'const above: string[] = [];',
    tests,
  },
  {
    name: 'slice: an action named exactly takes in its group',
    file: 'core/policy/concerning.ts',
    find: "const above = action.op === 'in' ? groups : [];",
    replace: 'const above = groups;',
    tests,
  },
  {
    name: 'slice: an action of another namespace is taken for ours',
    file: 'core/policy/concerning.ts',
    find: 'return type === `${NAMESPACE}::Action` && id === wanted;',
    replace: 'return type !== "" && id === wanted;',
    tests,
  },
  {
    name: 'slice: an empty list of actions takes in all',
    file: 'core/policy/concerning.ts',
    find: 'return named.some((entity) =>',
    replace: 'return named.length === 0 || named.some((entity) =>',
    tests,
  },
  {
    name: 'slice: a scope is cut out of whatever looks like one',
    file: 'core/policy/slice.ts',
    find: 'return same ?',
    replace: 'return same || true ?',
    tests,
  },
  {
    name: 'slice: actions of other tools are not told',
    file: 'core/policy/slice.ts',
    find: '(each) => each.name === tool.name || named.words.has(each.name)',
    replace: '(each) => each.name === tool.name',
    tests,
  },
  {
    name: 'slice: parents of an entity are not told',
    file: 'core/policy/named.ts',
    find: "parents.filter((parent) => named.words.has('id' in parent ? parent.id : parent.__entity.id))",
    replace: 'parents.slice(0, 0)',
    tests,
  },
  {
    name: 'slice: attributes of an entity are not told',
    file: 'core/policy/named.ts',
    find: "within(named, 'lists', pick(named, attrs))",
    replace: 'pick(named, {})',
    tests,
  },
  {
    name: 'slice: an input compared as one value is told in part',
    file: 'core/policy/named.ts',
    find: 'whole: takesWhole(tree)',
    replace: 'whole: false',
    tests,
  },
  {
    name: 'slice: a field called like an operator hides what stands in it',
    file: 'core/policy/named.ts',
    find: " && 'attr' in operand",
    replace: '',
    tests,
  },
  {
    name: 'slice: lists compared as one value are told in part',
    file: 'core/policy/named.ts',
    find: "(dot['attr'] === 'input' || dot['attr'] === 'lists')",
    replace: "dot['attr'] === 'input'",
    tests,
  },
  {
    name: 'slice: only words in conditions count, not those in scopes',
    file: 'core/policy/named.ts',
    find: 'const tree = [principal, action, resource, conditions];',
    replace: 'const tree = [conditions];',
    tests,
  },
  {
    name: 'slice: a field of an input may be called what the engine reads as its own',
    file: 'core/policy/schema-words.ts',
    find: "name.startsWith('__')",
    replace: "name.startsWith('__never')",
    tests,
  },
  {
    name: 'slice: an unknown of the engine is taken for an answer',
    file: 'core/policy/ask-engine.ts',
    find: "if (answer.type === 'failure') return { allowed: false, reasons: [], failed: true };",
    replace: "if (answer.type === 'failure') return { allowed: true, reasons: [], failed: false };",
    tests,
  },
  {
    name: 'slice: a rule that fails is passed over',
    file: 'core/policy/ask-engine.ts',
    find: 'const failed = diagnostics.errors.length > 0;',
    replace: 'const failed = diagnostics.errors.length > 99;',
    tests,
  },
];
