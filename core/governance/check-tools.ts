import { type Finding, findingAt as at, ofKind, type Placed } from './manifest.ts';
import { didYouMean } from '../did-you-mean.ts';
import { checkConnector } from './check-connector.ts';
import { checkToolTerms } from './check-tool-terms.ts';
import { BUILT_IN, type ToolManifest } from './tool.ts';

/** What tools must be: of a system that exists, in groups that tell their effect, described where it counts. */
export function checkTools(placed: readonly Placed[]): Finding[] {
  const systems = new Map(ofKind(placed, 'System').map(({ manifest }) => [manifest.id, manifest]));
  const tools = ofKind(placed, 'Tool');
  const groups = new Map(
    tools.flatMap((tool) => tool.manifest.groups.map((group) => [group, tool] as const)),
  );
  const found = tools.flatMap((tool) => {
    const { system, connector, name } = tool.manifest;
    const target = systems.get(system);
    const reasons = [
      ...checkEffect(tool.manifest),
      ...checkFields(tool.manifest),
      ...checkConnector(tool.manifest, target),
    ];
    if (name.toLowerCase().startsWith(BUILT_IN))
      reasons.push(`name: ${BUILT_IN}… are the system's own: name it otherwise`);
    if (!target) reasons.push(`system: there is no system ${system}${didYouMean(system, systems.keys())}`);
    if (connector.type === 'http' && target && !target.baseUrl)
      reasons.push(`system: ${system} has no baseUrl`);
    const member = groups.get(name);
    if (member)
      reasons.push(
        `name: a group of tools is called so (${member.file}:${member.line}); a policy could mean either`,
      );
    return reasons.map((reason) => at(tool, reason));
  });
  return [...found, ...checkToolTerms(placed), ...checkReviews(placed)];
}

function checkEffect({ connector, effect, groups }: ToolManifest): string[] {
  const changes = connector.type === 'http' && connector.method !== 'GET';
  if (changes && (effect === 'read' || !groups.includes('write'))) {
    return [
      `effect: ${connector.method} changes something, so it is keyed or at-most-once and in group write`,
    ];
  }
  return effect !== 'read' && !groups.includes('write')
    ? ['groups: a tool with an effect is in group write']
    : [];
}

/** Path and query take input fields by name; a path without its field would reach another resource. */
function checkFields({ connector, input }: ToolManifest): string[] {
  if (connector.type !== 'http') return [];
  const { path, query } = connector;
  const properties = Object.keys(typeof input['properties'] === 'object' ? (input['properties'] ?? {}) : {});
  const required: unknown[] = Array.isArray(input['required']) ? input['required'] : [];
  const inPath = [...path.matchAll(/\{([^}]*)\}/g)].map(([, field = '']) => field);
  const bare = path.replace(/\{[^}]*\}/g, '');
  return [
    ...inPath
      .filter((field) => !required.includes(field))
      .map((field) => `path: ${field} is no required field of input`),
    ...query
      .filter((field) => !properties.includes(field))
      .map((field) => `query: ${field} is no field of input`),
    ...(/[?#\\{}]|\/\/|(^|\/)\.{1,2}(\/|$)/.test(bare) ? ['path: holds no ?, #, \\, //, . or ..'] : []),
  ];
}

function checkReviews(placed: readonly Placed[]): Finding[] {
  const names = new Set(ofKind(placed, 'Tool').map(({ manifest }) => manifest.name));
  return ofKind(placed, 'ToolReview')
    .filter(({ manifest }) => !names.has(manifest.tool))
    .map((review) =>
      at(review, `tool: there is no tool ${review.manifest.tool}${didYouMean(review.manifest.tool, names)}`),
    );
}
