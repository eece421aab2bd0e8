import { COE, type Finding, ofKind, type Placed } from './manifest.ts';

/** What manifests must be to each other: references that exist, rights that were given. Each finding names its place. */
export function checkManifests(placed: readonly Placed[]): Finding[] {
  return [
    ...checkGroups(placed),
    ...checkAgents(placed),
    ...checkTools(placed),
    ...checkSystems(placed),
    ...checkWorkflows(placed),
  ];
}

const at = ({ file, line }: Placed, reason: string): Finding => ({ file, line, reason });

function ids(placed: readonly Placed[], kind: 'Person' | 'Role' | 'System' | 'BusinessUnit') {
  return new Map(ofKind(placed, kind).map(({ manifest }) => [manifest.id, manifest] as const));
}

function checkGroups(placed: readonly Placed[]): Finding[] {
  const people = ids(placed, 'Person');
  return ofKind(placed, 'Group').flatMap((group) =>
    group.manifest.members
      .filter((member) => !people.has(member))
      .map((member) => at(group, `members: there is no person ${member}`)),
  );
}

function checkAgents(placed: readonly Placed[]): Finding[] {
  const people = new Map(ofKind(placed, 'Person').map(({ manifest }) => [manifest.id, manifest]));
  const roles = new Map(ofKind(placed, 'Role').map(({ manifest }) => [manifest.id, manifest]));
  const units = ids(placed, 'BusinessUnit');
  return ofKind(placed, 'Agent').flatMap((agent) => {
    const { sponsor, roles: held, keys } = agent.manifest;
    const found: string[] = [];
    if (!units.has(agent.layer))
      found.push(`there is no unit ${agent.layer}: add units/${agent.layer}/unit.yaml`);
    if (people.get(sponsor)?.status !== 'active') found.push(`sponsor: ${sponsor} is no active person`);
    if (new Set(keys.map(({ kid }) => kid)).size < keys.length) found.push('keys: two keys share a kid');
    for (const role of held) {
      const assignable = roles.get(role)?.assignableBy;
      if (!assignable) found.push(`roles: there is no role ${role}`);
      else if (assignable !== 'any' && !assignable.includes(agent.layer)) {
        found.push(`roles: unit ${agent.layer} may not assign ${role}`);
      }
    }
    return found.map((reason) => at(agent, reason));
  });
}

function checkTools(placed: readonly Placed[]): Finding[] {
  const systems = new Map(ofKind(placed, 'System').map(({ manifest }) => [manifest.id, manifest]));
  return ofKind(placed, 'Tool').flatMap((tool) => {
    const { system, connector, effect, groups, name } = tool.manifest;
    const found: string[] = [];
    const target = systems.get(system);
    if (!target) found.push(`system: there is no system ${system}`);
    if (connector.type === 'http' && target && !target.baseUrl)
      found.push(`system: ${system} has no baseUrl`);
    if (
      connector.type === 'http' &&
      connector.method !== 'GET' &&
      (effect === 'read' || !groups.includes('write'))
    ) {
      found.push(
        `effect: ${connector.method} changes something, so it is keyed or at-most-once and in group write`,
      );
    }
    if (effect !== 'read' && !groups.includes('write'))
      found.push('groups: a tool with an effect is in group write');
    if (groups.includes(name)) found.push('groups: a group may not be called like the tool');
    return found.map((reason) => at(tool, reason));
  });
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

function checkSystems(placed: readonly Placed[]): Finding[] {
  return ofKind(placed, 'System').flatMap((system) => {
    const { baseUrl } = system.manifest;
    if (!baseUrl) return [];
    const { protocol, hostname, username, search } = new URL(baseUrl);
    if (username || search) return [at(system, 'baseUrl: may hold no credentials and no query')];
    if (protocol === 'https:' || LOOPBACK.includes(hostname)) return [];
    return [at(system, 'baseUrl: must be https; http is for loopback alone')];
  });
}

function checkWorkflows(placed: readonly Placed[]): Finding[] {
  const people = ids(placed, 'Person');
  return ofKind(placed, 'Workflow').flatMap((workflow) => {
    const { owner } = workflow.manifest.baseline;
    const known = workflow.layer === COE || people.has(owner);
    return known ? [] : [at(workflow, `baseline.owner: there is no person ${owner}`)];
  });
}
