import { didYouMean } from '../did-you-mean.ts';
import { COE, type Finding, findingAt as at, ofKind, type Placed } from './manifest.ts';
import type { ToolManifest } from './tool.ts';

type PlacedTool = Placed<'Tool'>;
type Fields = Readonly<Record<string, unknown>>;

/** What tools say of their owner, cost and retries, and of the tools that undo, preview and settle what they do. */
export function checkToolTerms(placed: readonly Placed[]): Finding[] {
  const people = ofKind(placed, 'Person').filter(({ manifest }) => manifest.status === 'active');
  const owners = new Set(people.map(({ manifest }) => manifest.id));
  const tools = new Map(ofKind(placed, 'Tool').map((tool) => [tool.manifest.name, tool]));
  return ofKind(placed, 'Tool').flatMap((tool) =>
    [
      ...checkOwner(tool.manifest, owners),
      ...checkCost(tool.manifest),
      ...checkAttempts(tool.manifest),
      ...companions.flatMap((role) => checkCompanion(tool, role, tools)),
    ].map((reason) => at(tool, reason)),
  );
}

function checkOwner({ owner }: ToolManifest, owners: ReadonlySet<string>): string[] {
  if (owner === undefined || owners.has(owner)) return [];
  return [`owner: ${owner} is no active person${didYouMean(owner, owners)}`];
}

/** What is counted must be a number that every call names. */
function checkCost({ cost, input }: ToolManifest): string[] {
  if (typeof cost !== 'object') return [];
  const field = fieldsOf(input)[cost.of];
  const { type, format } = (typeof field === 'object' && field !== null ? field : {}) as Fields;
  const counts = type === 'integer' || type === 'number' || (type === 'string' && format === 'decimal');
  if (!field) return [`cost.of: ${cost.of} is no field of input${didYouMean(cost.of, namesOf(input))}`];
  if (!counts) return [`cost.of: ${cost.of} is no number (integer, number, or a string of format decimal)`];
  return requiredOf(input).includes(cost.of) ? [] : [`cost.of: ${cost.of} is no required field of input`];
}

function checkAttempts({ attempts, effect }: ToolManifest): string[] {
  const repeated = effect === 'at-most-once' && attempts !== undefined && attempts > 1;
  return repeated ? [`attempts: an at-most-once tool is called once: leave it out`] : [];
}

const companions = ['compensation', 'preview', 'reconcile'] as const;
type Companion = (typeof companions)[number];

function checkCompanion(tool: PlacedTool, role: Companion, tools: ReadonlyMap<string, PlacedTool>): string[] {
  const named = tool.manifest[role];
  if (named === undefined) return [];
  const other = tools.get(named);
  if (!other) return [`${role}: there is no tool ${named}${didYouMean(named, tools.keys())}`];
  const reachable = other.layer === tool.layer || other.layer === COE || other.manifest.shared;
  if (!reachable) return [`${role}: ${named} belongs to ${other.layer} and is not shared`];
  return checkPart(tool.manifest, role, other.manifest).map((reason) => `${role}: ${named} ${reason}`);
}

/** How a tool is reached that answers while people are about to be asked. */
const looking: readonly string[] = ['http', 'lambda', 'mcp'];

/** What a companion must be to be called in its place: the right effect, and an input it can be given. */
function checkPart(tool: ToolManifest, role: Companion, other: ToolManifest): string[] {
  if (other.name === tool.name) return ['is the tool itself'];
  if (role === 'compensation') {
    return other.effect === 'read' ? ['only reads, so it undoes nothing'] : [];
  }
  if (other.effect !== 'read') return ['has an effect: only a read tool may look'];
  const { type } = other.connector;
  if (!looking.includes(type)) return [`is reached as ${type}: only http, lambda and mcp tools look at once`];
  const given = role === 'preview' ? requiredOf(tool.input) : ['action', 'input'];
  const missing = requiredOf(other.input).filter((field) => !given.includes(field));
  const lacking = missing.map((field) => `requires ${String(field)}, which it would not be given`);
  if (role === 'preview' || 'action' in fieldsOf(other.input)) return lacking;
  return [...lacking, 'takes no field action'];
}

const fieldsOf = ({ properties }: Fields): Fields =>
  typeof properties === 'object' && properties !== null ? (properties as Fields) : {};
const namesOf = (input: Fields) => Object.keys(fieldsOf(input));
const requiredOf = ({ required }: Fields): readonly unknown[] => (Array.isArray(required) ? required : []);
