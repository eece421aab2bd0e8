import { checkLifecycle } from './check-agents.ts';
import { checkAdministrators } from './check-administrators.ts';
import { checkBudgets } from './check-budgets.ts';
import { checkCouncil } from './check-council.ts';
import { checkSystems } from './check-systems.ts';
import { checkSensitive } from './check-sensitive.ts';
import { checkTools } from './check-tools.ts';
import { SYSTEM_AGENT } from '../agent/agent.ts';
import { didYouMean } from '../did-you-mean.ts';
import { COE, type Finding, findingAt as at, type GovernanceBody, ofKind, type Placed } from './manifest.ts';

/** What manifests must be to each other: references that exist, rights that were given. Each finding names its place. */
export function checkManifests(placed: readonly Placed[], body: GovernanceBody): Finding[] {
  return [
    ...checkLayers(placed, body),
    ...checkPeople(placed),
    ...checkUnits(placed),
    ...checkGroups(placed),
    ...checkAgents(placed),
    ...checkLifecycle(placed),
    ...checkTools(placed),
    ...checkSensitive(placed),
    ...checkAdministrators(placed),
    ...checkBudgets(placed),
    ...checkCouncil(placed),
    ...checkSystems(placed),
    ...checkWorkflows(placed),
  ];
}

/** Everything outside the centre speaks for a unit that exists. */
function checkLayers(placed: readonly Placed[], { manifests, policies }: GovernanceBody): Finding[] {
  const units = ids(placed, 'BusinessUnit');
  const strays = [...manifests, ...policies].filter(({ layer }) => layer !== COE && !units.has(layer));
  const first = new Map(strays.toReversed().map((stray) => [stray.layer, stray]));
  return [...first.values()].map((stray) =>
    at(
      stray,
      `there is no unit ${stray.layer}${didYouMean(stray.layer, units.keys()) || ':'} add a BusinessUnit of this id to units/${stray.layer}/`,
    ),
  );
}

/** One person, one address: two ids behind one address would fill one seat and could make a quorum unreachable. */
function checkPeople(placed: readonly Placed[]): Finding[] {
  const people = ofKind(placed, 'Person');
  return people.flatMap((person, n) => {
    const before = people.slice(0, n).map(({ manifest }) => manifest);
    const { email, slack } = person.manifest;
    const first = before.find((each) => each.email === email);
    const double = before.find(
      (each) => slack && each.slack?.team === slack.team && each.slack.user === slack.user,
    );
    return [
      ...(first ? [at(person, `email: ${first.id} has this address too`)] : []),
      ...(double ? [at(person, `slack: ${double.id} has this account too`)] : []),
    ];
  });
}

/** One rate a currency, above zero: two would let the order of lines decide what an amount is worth. */
function checkUnits(placed: readonly Placed[]): Finding[] {
  const [central] = ofKind(placed, 'ExchangeRates');
  return [...ofKind(placed, 'BusinessUnit'), ...ofKind(placed, 'ExchangeRates')].flatMap((unit) => {
    const { currency, rates } = unit.manifest;
    const codes = [currency, ...rates.map((rate) => rate.currency)];
    const twice = codes.filter((code, n) => codes.indexOf(code) !== n);
    const nothing = rates.filter(({ rate }) => !/^[0-9.]*[1-9]/.test(rate));
    const idle = central && unit.manifest.kind === 'BusinessUnit' && rates.length > 0;
    return [
      ...(idle ? [at(unit, 'rates: the centre fixes what currencies are worth: leave them out')] : []),
      ...twice.map((code) => at(unit, `rates: ${code} has more than one worth (one's own currency has one)`)),
      ...nothing.map((rate) => at(unit, `rates: ${rate.currency} must be worth more than nothing`)),
    ];
  });
}

function ids(placed: readonly Placed[], kind: 'Person' | 'Role' | 'System' | 'BusinessUnit') {
  return new Map(ofKind(placed, kind).map(({ manifest }) => [manifest.id, manifest] as const));
}

function checkGroups(placed: readonly Placed[]): Finding[] {
  const people = ids(placed, 'Person');
  return ofKind(placed, 'Group').flatMap((group) =>
    group.manifest.members
      .filter((member) => !people.has(member))
      .map((member) =>
        at(group, `members: there is no person ${member}${didYouMean(member, people.keys())}`),
      ),
  );
}

function checkAgents(placed: readonly Placed[]): Finding[] {
  const people = ids(placed, 'Person');
  const roles = new Map(ofKind(placed, 'Role').map(({ manifest }) => [manifest.id, manifest]));
  return ofKind(placed, 'Agent').flatMap((agent) => {
    const { sponsor, roles: held, keys } = agent.manifest;
    const found: string[] = [];
    if (!people.has(sponsor))
      found.push(`sponsor: ${sponsor} is no active person${didYouMean(sponsor, people.keys())}`);
    if (agent.manifest.id === SYSTEM_AGENT)
      found.push(`id: ${SYSTEM_AGENT} is the system itself: name it otherwise`);
    if (new Set(keys.map(({ kid }) => kid)).size < keys.length) found.push('keys: two keys share a kid');
    for (const role of held) {
      const assignable = roles.get(role)?.assignableBy;
      if (!assignable) found.push(`roles: there is no role ${role}${didYouMean(role, roles.keys())}`);
      else if (assignable !== 'any' && !assignable.includes(agent.layer)) {
        found.push(`roles: unit ${agent.layer} may not assign ${role}`);
      }
    }
    return found.map((reason) => at(agent, reason));
  });
}

function checkWorkflows(placed: readonly Placed[]): Finding[] {
  const people = ids(placed, 'Person');
  return ofKind(placed, 'Workflow').flatMap((workflow) => {
    const { owner } = workflow.manifest.baseline;
    return people.has(owner)
      ? []
      : [at(workflow, `baseline.owner: there is no person ${owner}${didYouMean(owner, people.keys())}`)];
  });
}
