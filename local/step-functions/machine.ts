import jsonata from 'jsonata';
import * as z from 'zod';
import { BootError } from '../boot-error.ts';
import type { Role } from '../iam/roles.ts';
import type { Resource } from '../service.ts';
import { readResources } from '../template/read-properties.ts';
import { type Definition, machineDefinition, type State, stateTypes } from './definition.ts';
import { expressionOf } from './expression.ts';

/** A state machine of the template, ready to run. */
export type Machine = {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: Definition;
};

const properties = z.strictObject({
  StateMachineName: z.string().optional(),
  StateMachineType: z.literal('STANDARD').default('STANDARD'),
  DefinitionString: z.string(),
  RoleArn: z.string(),
  LoggingConfiguration: z.unknown().optional(),
  TracingConfiguration: z.unknown().optional(),
  Tags: z.unknown().optional(),
});

/**
 * The template's machines. A state type, field or resource that is not run here, an expression that does not parse, a
 * Next that leads nowhere and a role that Step Functions may not assume are each a `BootError` that names them.
 */
export function readMachines(resources: readonly Resource[], roles: readonly Role[]): readonly Machine[] {
  return readResources(resources, 'AWS::StepFunctions::StateMachine', properties).map(
    ({ resource, properties: { RoleArn, DefinitionString } }) => {
      const at = `${resource.stack}/${resource.logicalId}`;
      const role = roles.find(({ arn }) => arn === RoleArn);
      if (!role?.trusts.includes('states.amazonaws.com')) {
        throw new BootError(`${at}: Step Functions cannot assume the role ${RoleArn}`);
      }
      const name = resource.arn.split(':').at(-1) ?? '';
      return { arn: resource.arn, name, roleArn: RoleArn, definition: readDefinition(DefinitionString, at) };
    },
  );
}

/** A definition as the runner takes it; throws a `BootError` naming place and reason for what it would not run. */
export function readDefinition(text: string, at: string): Definition {
  const machine = parse(machineDefinition, parseJson(text, at), at);
  const States = Object.fromEntries(
    Object.entries(machine.States).map(([name, state]) => [name, readState(state, `${at} state "${name}"`)]),
  );
  const definition = { ...machine, States };
  checkTargets(definition, at);
  return definition;
}

function readState(state: { readonly Type: string }, at: string): State {
  const schema = Object.hasOwn(stateTypes, state.Type)
    ? stateTypes[state.Type as keyof typeof stateTypes]
    : undefined;
  if (!schema) throw new BootError(`${at}: the state type ${state.Type} is not run on the laptop`);
  const read = parse<State>(schema, state, at);
  checkExpressions(read, at);
  return read;
}

function parse<T>(schema: z.ZodType<T>, value: unknown, at: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('/') ?? '';
  throw new BootError(`${at}${field && ` ${field}`}: not run on the laptop: ${issue?.message ?? ''}`);
}

function parseJson(text: string, at: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BootError(`${at}: the definition is not JSON`);
  }
}

function checkExpressions(value: unknown, at: string): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) checkExpressions(member, `${at}/${key}`);
    return;
  }
  if (typeof value !== 'string') return;
  const expression = expressionOf(value);
  if (expression === undefined) {
    if (!value.startsWith('{%') && !value.endsWith('%}')) return;
    throw new BootError(`${at}: the JSONata expression is not within {% and %}`);
  }
  try {
    jsonata(expression);
  } catch (error) {
    const { message } = error as { message?: string };
    throw new BootError(`${at}: the JSONata expression does not parse: ${message ?? ''}`);
  }
}

function checkTargets({ StartAt, States }: Definition, at: string): void {
  const named = Object.values(States).flatMap((state) => [
    ...('Next' in state && state.Next !== undefined ? [state.Next] : []),
    ...('Default' in state && state.Default !== undefined ? [state.Default] : []),
    ...('Choices' in state ? state.Choices.map(({ Next }) => Next) : []),
    ...('Catch' in state ? state.Catch.map(({ Next }) => Next) : []),
  ]);
  const missing = [StartAt, ...named].find((name) => !Object.hasOwn(States, name));
  if (missing !== undefined) throw new BootError(`${at}: there is no state "${missing}" to go to`);
}
