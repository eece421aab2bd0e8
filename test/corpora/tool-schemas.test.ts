import { beforeAll, describe, expect, it } from 'vitest';
import { checkProposals } from '../../client/import/check-proposals.ts';
import { importMcp } from '../../client/import/mcp.ts';
import type { ToolDocument } from '../../client/import/proposal.ts';
import { checkManifests } from '../../core/governance/check-manifests.ts';
import { governanceBody, readManifests } from '../../core/governance/manifest.ts';
import type { CompiledRelease } from '../../core/policy/compile-release.ts';
import { decide } from '../../core/policy/decide.ts';
import { findingsOf, type Governance, someBody, someRelease, someRequest } from '../harness/release.ts';
import { readCorpus } from './corpus.ts';
import { conditionOn, inJsonSchema, registeredNames, sampleOf } from './foreign-schema.ts';

type Json = Readonly<Record<string, unknown>>;
type Definition = { readonly name: string; readonly description: string; readonly parameters: Json };

const { content, absence } = readCorpus<{ readonly tools: readonly Definition[] }>('tool_schemas.json');
const definitions = content?.tools ?? [];
const names = registeredNames(definitions.map(({ name }) => name));

/** As an MCP server would list them. */
const listed = definitions.map(({ description, parameters }, n) => ({
  name: names[n] ?? '',
  description,
  inputSchema: inJsonSchema(parameters) as Json,
}));
const naming = { system: 'foreign', prefix: 'foreign', path: '/mcp' };
/** What the import command makes of them. */
const importAll = (tools: readonly unknown[]) => checkProposals(importMcp(tools, naming), naming.system);
type Candidate = ToolDocument;

const system = { kind: 'System', id: 'foreign', title: 'Foreign', baseUrl: 'https://foreign.example.com' };
const unit = { kind: 'BusinessUnit', id: 'operations', name: 'Operations', currency: 'USD' };

/** Lets the tester make the sample call and no other. */
const permitOf = ({ name, input }: Candidate, n: number) => {
  const conditions = conditionOn(input, sampleOf(input)).join(' && ');
  return `@id("coe-${n}") permit (principal in AutonomyOS::Role::"tester", action == AutonomyOS::Action::"${name}", resource)
  ${conditions && `when { ${conditions} }`};`;
};

const governanceOf = (tools: readonly Candidate[]): Governance => ({
  manifests: { coe: [system, ...tools], operations: [unit] },
  policies: { coe: tools.map(permitOf).join('\n') },
});

/** Why governance would not publish: what its manifests break, or else what its release does. */
function problems(governance: Governance): readonly string[] {
  const body = governanceBody.parse(someBody(governance));
  const { placed, findings } = readManifests(body);
  const wrong = [...findings, ...checkManifests(placed, body)];
  return (wrong.length > 0 ? wrong : findingsOf(governance)).map(({ reason }) => reason);
}

const spoiled: Readonly<Record<string, unknown>> = {
  string: 'other text',
  integer: 4,
  number: 3.5,
  boolean: false,
};

/** The sample with one field changed that policy sees; `undefined` when it has no field of a free, simple type. */
function otherThan({ input }: Candidate): Json | undefined {
  const fields = Object.entries(input['properties'] as Readonly<Record<string, Json>>);
  const free = fields.find(
    ([, field]) => !field['enum'] && !field['format'] && String(field['type']) in spoiled,
  );
  return free && { ...(sampleOf(input) as Json), [free[0]]: spoiled[String(free[1]['type'])] };
}

describe.skipIf(!content)(`tool definitions of other people${absence}`, () => {
  const { proposals, refused } = importAll(listed);
  const registered = proposals.map(({ tool }) => tool);
  /** The engine's cost grows with the square of a release. */
  const parts = Array.from({ length: 10 }, (_, n) => registered.slice(n * 85, (n + 1) * 85));

  it('get names of their own', () => {
    expect(new Set(names).size).toBe(definitions.length);
  });

  it('import, 850 of 854, and none crashes; the others are refused by field', () => {
    const counts = { definitions: definitions.length, imported: registered.length, refused: refused.length };
    console.log(`tool_schemas.json: ${JSON.stringify(counts)}`);
    expect(counts).toEqual({ definitions: 854, imported: 850, refused: 4 });
    expect(refused.map(({ operation, reason }) => `${operation}: ${reason}`).sort()).toEqual([
      'Events_3_BuyEventTickets.nr-3: input: number_of_tickets: has type integer and its enum holds something else: "1"',
      'Hotels_2_SearchHouse.nr-4: input: number_of_adults: has type integer and its enum holds something else: "1"',
      'get_response.nr-2: input: intents: uses items beside enum, which alone counts: leave it out',
      'personality_assessment.calculate_score: input: user_responses[]: uses minItems, which nothing here enforces: leave it out',
    ]);
  });

  it('are refused as they came: types of other languages are not guessed at', () => {
    const raw = importAll(listed.map((tool, n) => ({ ...tool, inputSchema: definitions[n]?.parameters })));
    expect(raw.proposals).toEqual([]);
    const otherwise = raw.refused.filter(
      ({ reason }) => !/^input: .*: \w+ is no JSON Schema type$/.test(reason),
    );
    expect([raw.refused.length, otherwise]).toEqual([854, []]);
  });

  it('make releases that publish, with a policy that asks for every field it can see', () => {
    for (const some of parts) expect(problems(governanceOf(some))).toEqual([]);
    const sizes = registered.map(({ input }) => conditionOn(input, sampleOf(input)).length);
    expect(sizes.filter((conditions) => conditions > 0)).toHaveLength(826);
  });

  describe('in force', () => {
    const releases = new Map<string, CompiledRelease>();
    beforeAll(() => {
      for (const some of parts) {
        const release = someRelease(governanceOf(some));
        for (const { name } of some) releases.set(name, release);
      }
    });
    const asked = (tool: Candidate, input: unknown) => {
      const agent = { ...someRequest().agent, roles: ['tester'] };
      const release = releases.get(tool.name);
      if (!release) throw new Error(`${tool.name} is in no release`);
      const decision = decide(release, someRequest({ agent, tool: tool.name, input }));
      return decision.outcome === 'deny' ? decision.reason : decision.outcome;
    };

    it('show policy exactly what was sent, and take no field they do not name', () => {
      for (const tool of registered) {
        const input = sampleOf(tool.input) as Json;
        expect([tool.name, asked(tool, input)]).toEqual([tool.name, 'allow']);
        expect([tool.name, asked(tool, { ...input, 'not named': 1 })]).toEqual([tool.name, 'invalid-input']);
      }
    });

    it('show policy a change of any', () => {
      const changed = registered.flatMap((tool) => {
        const input = otherThan(tool);
        return input ? [asked(tool, input)] : [];
      });
      expect(changed).toEqual(Array(795).fill('not-permitted'));
    });
  });
});
