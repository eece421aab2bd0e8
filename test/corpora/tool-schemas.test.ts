import { beforeAll, describe, expect, it } from 'vitest';
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

/** What they do is not said, so they are taken for the worst: a change that must not be repeated. */
const toolOf = ({ description, parameters }: Definition, n: number) => ({
  kind: 'Tool',
  name: names[n] ?? '',
  title: definitions[n]?.name ?? '',
  description,
  system: 'foreign',
  effect: 'at-most-once',
  groups: ['write'],
  connector: { type: 'http', method: 'POST', path: `/tools/${n}` },
  input: inJsonSchema(parameters) as Json,
});
type Candidate = ReturnType<typeof toolOf>;

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

type Answer = { readonly tool: Candidate; readonly refused?: readonly string[]; readonly crashed?: unknown };

/** What comes of a tool when it is all there is to publish. */
function register(tool: Candidate): Answer {
  try {
    const refused = problems(governanceOf([tool]));
    return refused.length > 0 ? { tool, refused } : { tool };
  } catch (crashed) {
    return { tool, crashed };
  }
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
  const candidates = definitions.map(toolOf);
  const answers = candidates.map(register);
  const refused = answers.filter((answer) => answer.refused);
  const registered = answers.filter((each) => !each.refused && !('crashed' in each)).map(({ tool }) => tool);

  it('get names of their own', () => {
    expect(new Set(names).size).toBe(definitions.length);
  });

  it('register, 850 of 854, and none crashes; the others are refused by field', () => {
    const counts = {
      definitions: definitions.length,
      registered: registered.length,
      refused: refused.length,
      crashed: answers.filter((answer) => 'crashed' in answer).length,
    };
    console.log(`tool_schemas.json: ${JSON.stringify(counts)}`);
    expect(counts).toEqual({ definitions: 854, registered: 850, refused: 4, crashed: 0 });
    expect(refused.map((answer) => `${answer.tool.name}: ${answer.refused?.join()}`).sort()).toEqual([
      'Events_3_BuyEventTickets.nr-3: input: number_of_tickets: has type integer and its enum holds something else: "1"',
      'Hotels_2_SearchHouse.nr-4: input: number_of_adults: has type integer and its enum holds something else: "1"',
      'get_response.nr-2: input: intents: uses items beside enum, which alone counts: leave it out',
      'personality_assessment.calculate_score: input: user_responses[]: uses minItems, which nothing here enforces: leave it out',
    ]);
  });

  it('are refused as they came: types of other languages are not guessed at', () => {
    for (const [n, tool] of candidates.entries()) {
      const raw = { ...tool, input: definitions[n]?.parameters };
      expect(problems({ manifests: { coe: [system, raw] } })).toEqual([
        expect.stringMatching(/^input: \S.*: \w+ is no JSON Schema type$/),
      ]);
    }
  });

  it('make one release that publishes, with a policy that asks for every field it can see', () => {
    expect(problems(governanceOf(registered))).toEqual([]);
    const sizes = registered.map(({ input }) => conditionOn(input, sampleOf(input)).length);
    expect(sizes.filter((conditions) => conditions > 0)).toHaveLength(826);
  });

  describe('under one release', () => {
    let release: CompiledRelease;
    beforeAll(() => {
      release = someRelease(governanceOf(registered));
    });
    const asked = (tool: Candidate, input: unknown) => {
      const agent = { ...someRequest().agent, roles: ['tester'] };
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
