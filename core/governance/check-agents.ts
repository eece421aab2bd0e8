import { actingStages } from '../agent/agent.ts';
import { type Finding, findingAt as at, ofKind, type Placed } from './manifest.ts';

/** What an agent's manifest must say in its stage, and what the centre's words about agents must refer to. */
export function checkLifecycle(placed: readonly Placed[]): Finding[] {
  return [...checkStages(placed), ...checkWords(placed)];
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
