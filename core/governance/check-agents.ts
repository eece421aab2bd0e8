import { actingStages, kidOfRole } from '../agent/agent.ts';
import { matches } from './administrator.ts';
import { type Finding, findingAt as at, ofKind, type Placed } from './manifest.ts';

/** What an agent's manifest must say of its stage and credentials, and what the centre's words about agents refer to. */
export function checkLifecycle(placed: readonly Placed[]): Finding[] {
  return [...checkStages(placed), ...checkCredentials(placed), ...checkWords(placed)];
}

function checkStages(placed: readonly Placed[]): Finding[] {
  return ofKind(placed, 'Agent').flatMap((agent) => {
    const { stage, release, recertifyBy } = agent.manifest;
    const found: string[] = [];
    if (!release && actingStages.some((acting) => acting === stage)) {
      found.push(`release: an agent in ${stage} names what it is made of: {version, model, promptHash}`);
    }
    if (!recertifyBy && stage === 'production') {
      found.push('recertifyBy: an agent in production names the day its certification ends, YYYY-MM-DD');
    }
    return found.map((reason) => at(agent, reason));
  });
}

/** An agent signs in somehow, and as itself alone: a role two agents share says nothing about who acted. */
function checkCredentials(placed: readonly Placed[]): Finding[] {
  const agents = ofKind(placed, 'Agent');
  const living = agents.filter(({ manifest }) => manifest.stage !== 'retired');
  const administrators = ofKind(placed, 'Administrator').map(({ manifest }) => manifest);
  return agents.flatMap((agent) => {
    const { id, keys, workloads } = agent.manifest;
    const found: string[] = [];
    if (keys.length + workloads.length === 0) {
      found.push('keys: an agent signs in with a public key in keys or an IAM role in workloads: add one');
    }
    if (keys.some(({ kid }) => kid.startsWith(kidOfRole('')))) {
      found.push(
        `keys: a kid that begins with ${kidOfRole('')} stands for a workload: name the key otherwise`,
      );
    }
    for (const role of workloads) {
      const other = living.find(({ manifest }) => manifest.id !== id && manifest.workloads.includes(role));
      if (other && living.includes(agent)) {
        found.push(
          `workloads: ${role} is ${other.manifest.id} already: a role is one agent, give each its own`,
        );
      }
      const admin = administrators.find(({ principal }) => matches(principal, role));
      if (admin)
        found.push(`workloads: ${role} is the administrator ${admin.id}: no agent makes its own rules`);
    }
    return found.map((reason) => at(agent, reason));
  });
}

function checkWords(placed: readonly Placed[]): Finding[] {
  const agents = new Set<string>(ofKind(placed, 'Agent').map(({ manifest }) => manifest.id));
  const deciders = new Set([
    ...ofKind(placed, 'Person').map(({ manifest }) => manifest.id),
    ...ofKind(placed, 'Group').map(({ manifest }) => manifest.id),
  ]);
  const promotions = ofKind(placed, 'Promotion');
  const strays = [...promotions, ...ofKind(placed, 'ReleaseWaiver')].filter(
    ({ manifest }) => !agents.has(manifest.agent),
  );
  return [
    ...strays.map((stray) => at(stray, `agent: there is no agent ${stray.manifest.agent}`)),
    ...promotions.flatMap((promotion) =>
      promotion.manifest.approvedBy
        .filter((who) => !deciders.has(who))
        .map((who) => at(promotion, `approvedBy: there is no person or group ${who}`)),
    ),
  ];
}
