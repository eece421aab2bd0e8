import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { toolManifest } from '../../core/governance/tool.ts';
import type { Governance } from '../harness/release.ts';

export const suites = ['banking', 'workspace'] as const;
export type Suite = (typeof suites)[number];
export type AgentTasks = {
  readonly suites: Readonly<
    Record<
      Suite,
      {
        readonly tools: readonly {
          readonly name: string;
          readonly description: string;
          readonly params: readonly Parameter[];
        }[];
        readonly user_tasks: readonly {
          readonly id: string;
          readonly prompt: string;
          readonly calls: readonly { readonly function: string; readonly args: unknown }[];
        }[];
      }
    >
  >;
};
type Parameter = {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
};

const kept = (file: string) => readFileSync(resolve(import.meta.dirname, 'policies', file), 'utf8');

/** What each tool does, kept by hand; every tool of the corpus must stand in it and no other. */
export const classification = z
  .record(
    z.enum(suites),
    z.record(
      z.string(),
      z.strictObject({
        ...toolManifest.pick({ effect: true, groups: true }).shape,
        because: z.string().min(1),
      }),
    ),
  )
  .parse(parse(kept('tools.yaml')));

export const roleOf: Readonly<Record<Suite, string>> = {
  banking: 'bank-assistant',
  workspace: 'office-assistant',
};
/** How many people each approver group of the policies has. */
export const approvers = { 'data-owners': 2, security: 2, treasury: 2 };

/** Their Python types in JSON Schema. `None` is their word for leaving a parameter out, which `required` says here. */
const types: Readonly<Record<string, unknown>> = {
  str: { type: 'string' },
  int: { type: 'integer' },
  float: { type: 'number' },
  bool: { type: 'boolean' },
  dict: { type: 'object' },
  SharingPermission: { type: 'string' },
};

function typeOf(python: string): unknown {
  const type = python.replace(/ \| None$/, '');
  const items = /^list\[(.*)\]$/.exec(type)?.[1];
  if (items !== undefined) return { type: 'array', items: typeOf(items) };
  if (!Object.hasOwn(types, type)) throw new Error(`${python}: say what it is in JSON Schema`);
  return types[type];
}

function inputOf(params: readonly Parameter[]) {
  return {
    type: 'object',
    properties: Object.fromEntries(
      params.map(({ name, type, description }) => [name, { ...(typeOf(type) as object), description }]),
    ),
    required: params.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  };
}

/** Both suites as governance: each a unit with its tools and policies, reviewed and guarded by the centre. */
export function governTasks({ suites: content }: AgentTasks): Required<Governance> {
  const tools = suites.flatMap((suite) =>
    content[suite].tools.map(({ name, description, params }) => {
      const known = classification[suite][name];
      if (!known) throw new Error(`${suite}.${name} stands not in tools.yaml`);
      const { because, ...nature } = known;
      const system = { kind: 'Tool', name: `${suite}.${name}`, title: name, description, system: suite };
      const connector = { type: 'http', method: nature.effect === 'read' ? 'GET' : 'POST', path: `/${name}` };
      return { ...system, ...nature, connector, input: inputOf(params) };
    }),
  );
  const own = (suite: Suite) => [
    { kind: 'BusinessUnit', id: suite, name: suite, currency: 'EUR' },
    ...tools.filter(({ system }) => system === suite),
  ];
  const central = suites.flatMap((suite) => [
    { kind: 'System', id: suite, title: suite, baseUrl: `https://${suite}.example.com` },
    { kind: 'Role', id: roleOf[suite], title: suite, assignableBy: [suite] },
  ]);
  const reviews = tools.map(({ name, effect, groups }) => ({
    kind: 'ToolReview',
    tool: name,
    effect,
    groups,
  }));
  return {
    manifests: { coe: [...central, ...reviews], banking: own('banking'), workspace: own('workspace') },
    policies: Object.fromEntries(['coe', ...suites].map((layer) => [layer, kept(`${layer}.cedar`)])),
  };
}
