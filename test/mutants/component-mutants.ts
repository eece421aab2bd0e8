import type { Mutant } from './mutants.ts';

const library = ['test/infra/components.test.ts'];
const view = ['test/core/policy/see-components.test.ts', 'test/functions/governance/components.test.ts'];
const api = ['test/functions/governance/components.test.ts'];

/** What other apps get of the component library, and what the catalogue tells to whom. */
export const componentMutants: readonly Mutant[] = [
  {
    name: 'components: an agent’s role may ask for any agent’s token',
    file: 'lib/components/autonomy-os.ts',
    find: '`POST/v1/agents/${agent}/token`',
    replace: "'POST/v1/agents/*/token'",
    tests: library,
  },
  {
    name: 'components: a wildcard passes as an agent’s id',
    file: 'lib/components/autonomy-os.ts',
    find: '/^agt_[a-z0-9][a-z0-9_-]{1,62}$/',
    replace: '/./',
    tests: library,
  },
  {
    name: 'components: everybody may assume an agent’s role',
    file: 'lib/components/agent-role.ts',
    find: ".includes('*')",
    replace: ".includes('nobody')",
    tests: library,
  },
  {
    name: 'components: a workflow’s machine may be started by other roles',
    file: 'lib/components/governed-workflow.ts',
    find: "roles: [this.os.roleOf('relay'), this.os.roleOf('reconcile')],",
    replace: "roles: [this.os.roleOf('relay'), this.os.roleOf('reconcile'), this.os.roleOf('actions')],",
    tests: library,
  },
  {
    name: 'components: the control plane may run every machine',
    file: 'lib/components/governed-workflow.ts',
    find: 'const resources = [this.machine.stateMachineArn];',
    replace: "const resources = ['*'];",
    tests: library,
  },
  {
    name: 'components: a workflow has no deadline',
    file: 'lib/components/read-workflow.ts',
    find: ', TimeoutSeconds: deadlineSeconds }',
    replace: ', ...(deadlineSeconds && {}) }',
    tests: library,
  },
  {
    name: 'components: a workflow goes round the door',
    file: 'lib/machine-rules/through-the-door.ts',
    find: 'if (Resource !== invoke && Resource !== wait)',
    replace: "if (Resource === '')",
    tests: library,
  },
  {
    name: 'components: states inside a Map are not looked at',
    file: 'lib/components/read-workflow.ts',
    find: '...blocksIn(state).flatMap(statesOf),',
    replace: '...blocksIn(state).flatMap(() => []),',
    tests: library,
  },
  {
    name: 'components: a task token goes to any function',
    file: 'lib/machine-rules/through-the-door.ts',
    find: 'if (waits === waiting.includes(step)) return [];',
    replace: 'if (waits || !waiting.includes(step)) return [];',
    tests: library,
  },
  {
    name: 'components: a tool’s manifest is not checked',
    file: 'lib/components/manifests.ts',
    find: 'if (misfits.length > 0)',
    replace: 'if (misfits.length > 99)',
    tests: library,
  },
  {
    name: 'components: a stack writes into the centre’s layer',
    file: 'lib/components/manifests.ts',
    find: "if (!unitName.test(unit) || unit === 'coe')",
    replace: "if (unit === '')",
    tests: library,
  },
  {
    name: 'components: a tool that left its stack stays in governance',
    file: 'lib/components/manifests.ts',
    find: 'rmSync(file);',
    replace: 'void rmSync;',
    tests: library,
  },
  {
    name: 'components: a synthesis removes a file people wrote',
    file: 'lib/components/manifests.ts',
    find: "made.filter((each) => readFileSync(each, 'utf8').startsWith(head))",
    replace: 'made',
    tests: library,
  },
  {
    name: 'catalogue: a unit’s administrator sees every unit',
    file: 'core/policy/see-components.ts',
    find: '    .filter((each) => sees(scopes, each))\n',
    replace: '',
    tests: view,
  },
  {
    name: 'catalogue: of what is shared every user is named to everybody',
    file: 'core/policy/see-components.ts',
    find: 'owns(scopes, each) ? each : withoutOthers(scopes, each)',
    replace: 'each',
    tests: view,
  },
  {
    name: 'catalogue: who acts for nobody acts for the centre',
    file: 'core/policy/see-components.ts',
    find: 'scopes.includes(COE) ||',
    replace: 'scopes.length === 0 || scopes.includes(COE) ||',
    tests: view,
  },
  {
    name: 'catalogue: a system’s address is told',
    file: 'core/policy/catalogue.ts',
    find: "    kind: 'system',\n",
    replace: "    kind: 'system',\n    ...system,\n",
    tests: api,
  },
  {
    name: 'catalogue: the unsigned may read it',
    file: 'functions/governance/component-routes.ts',
    find: 'administratorOf(c.env.event)',
    replace: "{ kind: 'administrator', id: 'arn:aws:iam::111122223333:user/ops' } as const",
    tests: api,
  },
  {
    name: 'catalogue: what retired is offered for reuse',
    file: 'core/policy/catalogue.ts',
    find: "agents.filter(({ agent }) => agent.stage !== 'retired')",
    replace: 'agents',
    tests: api,
  },
  {
    name: 'catalogue: a rule another unit made for its own tools counts for a tool that is not shared',
    file: 'core/policy/catalogue.ts',
    find: '(layer === COE || tool.unit === COE || tool.shared || layer === tool.unit) &&',
    replace: "layer !== '' &&",
    tests: api,
  },
];
