import { BootError } from '../boot-error.ts';
import { ACCOUNT, REGION, type Resource } from '../service.ts';
import type { Assembly, Stack } from './assembly.ts';
import { holds } from './conditions.ts';
import { isObject, NOTHING, resolve, type Scope, text } from './intrinsics.ts';
import { digestOf, type Identity, RESOURCE_TYPES, WITHOUT_EFFECT } from './resource-types.ts';

type World = {
  readonly port: number;
  readonly stacks: readonly Stack[];
  readonly identities: Map<string, Identity | 'being found'>;
};

/**
 * The assembly's resources with every intrinsic resolved, as they stand in a cloud that answers on `port`. What
 * the laptop does not run is refused with a `BootError` that names it.
 */
export function resolveTemplate(assembly: Assembly, port: number): readonly Resource[] {
  const world: World = { port, stacks: assembly.stacks, identities: new Map() };
  return assembly.stacks.flatMap((stack) => resourcesOf(stack, world));
}

function resourcesOf(stack: Stack, world: World): Resource[] {
  const scope = scopeOf(stack, world);
  return presentIn(stack, scope).map(([logicalId, definition]) => {
    const { ref, arn } = identityOf(stack, logicalId, world);
    const resolved = resolve(definition.Properties, scope, `${stack.name}/${logicalId}`);
    const properties = isObject(resolved) ? resolved : {};
    return { stack: stack.name, logicalId, type: definition.Type, ref, arn, properties };
  });
}

function presentIn(stack: Stack, scope: Scope) {
  return Object.entries(stack.template.Resources).filter(
    ([, { Type, Condition }]) =>
      !WITHOUT_EFFECT.has(Type) && (Condition === undefined || scope.condition(Condition)),
  );
}

function scopeOf(stack: Stack, world: World): Scope {
  const scope: Scope = {
    ref: (name) => referred(name, stack, world),
    attribute: (logicalId, name) => {
      const value = identityOf(stack, logicalId, world).attributes[name];
      if (value !== undefined) return value;
      throw new BootError(`${stack.name}/${logicalId}: the attribute ${name} is not known on the laptop`);
    },
    imported: (name) => exported(name, world),
    condition: (name) => {
      const expression = stack.template.Conditions[name];
      if (expression === undefined) throw new BootError(`${stack.name}: there is no condition ${name}`);
      return holds(expression, scope, `${stack.name}/${name}`);
    },
  };
  return scope;
}

const PSEUDO: Readonly<Record<string, unknown>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Region': REGION,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::NoValue': NOTHING,
};

function referred(name: string, stack: Stack, world: World): unknown {
  if (name in PSEUDO) return PSEUDO[name];
  if (name === 'AWS::StackName') return stack.name;
  if (name === 'AWS::StackId') {
    return `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${stack.name}/${digestOf(stack.name, '')}`;
  }
  const parameter = stack.template.Parameters[name];
  if (!parameter) return identityOf(stack, name, world).ref;
  const { Default: value, Type: type } = parameter;
  const isList = type === 'CommaDelimitedList' || type.startsWith('List<');
  if (value !== undefined && !type.startsWith('AWS::SSM')) {
    return isList ? text(value, `${stack.name}/${name}`).split(/ *, */) : value;
  }
  throw new BootError(`${stack.name}: give the parameter ${name} a default; the laptop asks for none`);
}

function exported(name: string, world: World): unknown {
  for (const stack of world.stacks) {
    const scope = scopeOf(stack, world);
    for (const [id, output] of Object.entries(stack.template.Outputs)) {
      if (output.Condition !== undefined && !scope.condition(output.Condition)) continue;
      const at = `${stack.name}/Outputs/${id}`;
      if (output.Export && text(resolve(output.Export.Name, scope, at), at) === name) {
        return resolve(output.Value, scope, at);
      }
    }
  }
  throw new BootError(`no stack exports ${name}`);
}

function identityOf(stack: Stack, logicalId: string, world: World): Identity {
  const key = `${stack.name}/${logicalId}`;
  const known = world.identities.get(key);
  if (known === 'being found') throw new BootError(`${key}: its name refers to itself`);
  if (known) return known;
  const definition = stack.template.Resources[logicalId];
  if (!definition) throw new BootError(`${stack.name}: there is no resource or parameter ${logicalId}`);
  const type = RESOURCE_TYPES[definition.Type];
  if (!type) throw new BootError(`${key}: ${definition.Type} is not run on the laptop`);
  world.identities.set(key, 'being found');
  const property = (name: string): string | undefined => {
    const value = resolve(definition.Properties[name], scopeOf(stack, world), `${key}.${name}`);
    return value === undefined || value === NOTHING ? undefined : text(value, `${key}.${name}`);
  };
  const identity = type.identify({
    name: (type.nameProperty && property(type.nameProperty)) ?? `${stack.name}-${logicalId}`,
    digest: digestOf(stack.name, logicalId),
    port: world.port,
    property,
  });
  world.identities.set(key, identity);
  return identity;
}
