import type {
  ActionType,
  EntityType,
  SchemaJson,
  Type,
  TypeOfAttribute,
} from '@cedar-policy/cedar-wasm/nodejs';
import type { Tool } from '../governance/tool.ts';
import { inputShape } from './input-shape.ts';
import type { ReleaseBundle } from './release.ts';
import { recordType } from './shape-value.ts';

export const NAMESPACE = 'AutonomyOS';

const text = { type: 'String' } as const;
const textSet = { type: 'Set', element: text } as const;
const optional = (type: Type<string>): TypeOfAttribute<string> => ({ ...type, required: false });

/**
 * The Cedar schema of a release: one typed action per tool in its groups, so that a policy with a misspelt field
 * does not publish. Throws `UnmappableError` for a tool whose input can't be mapped exactly.
 */
export function cedarSchema(bundle: Pick<ReleaseBundle, 'tools' | 'units'>): SchemaJson<string> {
  const groups = [...new Set(bundle.tools.flatMap((tool) => tool.groups))];
  const groupActions = groups.map((group) => [group, {}] as const);
  const toolActions = bundle.tools.map((tool) => [tool.name, toolAction(tool)] as const);
  return {
    [NAMESPACE]: {
      entityTypes: entityTypes(bundle.units),
      actions: Object.fromEntries<ActionType<string>>([...groupActions, ...toolActions]),
    },
  };
}

type Shape = Record<string, TypeOfAttribute<string>>;

function entityTypes(units: ReleaseBundle['units']): Record<string, EntityType<string>> {
  const names = [...new Set(units.flatMap((unit) => Object.keys(unit.lists)))];
  const lists = {
    type: 'Record',
    attributes: Object.fromEntries(names.map((name) => [name, optional(textSet)])),
  } as const;
  const agent: Shape = { unit: { type: 'Entity', name: 'BusinessUnit' }, stage: text, sponsor: text };
  const said = { classification: optional(text), stage: optional(text), owner: optional(text) };
  const tool: Shape = { unit: text, effect: text, reviewed: { type: 'Boolean' }, ...said };
  return {
    Role: {},
    System: {},
    BusinessUnit: { shape: { type: 'Record', attributes: { lists } } },
    Agent: { memberOfTypes: ['Role', 'BusinessUnit'], shape: { type: 'Record', attributes: agent } },
    Tool: { memberOfTypes: ['System'], shape: { type: 'Record', attributes: tool } },
  };
}

function toolAction(tool: Tool | ReleaseBundle['tools'][number]): ActionType<string> {
  const attributes = {
    input: recordType(inputShape(tool.input)),
    approvals: textSet,
    purpose: text,
    onBehalfOf: optional(text),
    workflow: optional(text),
    ...(tool.amount && { amount: { type: 'Extension', name: 'decimal' } as const }),
  };
  return {
    memberOf: tool.groups.map((id) => ({ id })),
    appliesTo: {
      principalTypes: ['Agent'],
      resourceTypes: ['Tool'],
      context: { type: 'Record', attributes },
    },
  };
}
