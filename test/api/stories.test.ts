import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAgent } from '../../client/agent.ts';
import { runCli } from '../../client/cli/run-cli.ts';
import type { AgentKey } from '../../client/token.ts';
import { decide, eventually, mailsAbout, type Product, startProduct } from './product.ts';
import { root } from '../harness/assembly.ts';

type Block = { readonly story: string; readonly language: string; readonly text: string };

const blocks = readBlocks(readFileSync(join(root, 'docs/stories.md'), 'utf8'));
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const helper = 'agt_operations_helper';
let product: Product;
let governance: string;
let said: string[] = [];

beforeAll(async () => {
  product = await startProduct();
  governance = join(product.home, 'governance');
  cpSync(join(root, 'blueprints/procurement/governance'), governance, { recursive: true });
}, 120_000);
afterAll(() => product.stop());
afterEach(() => vi.unstubAllEnvs());

/** The fenced blocks of the document, each under its heading. */
function readBlocks(text: string): Block[] {
  return text.split(/^## /m).flatMap((section) => {
    const [story = ''] = section.split('\n');
    return [...section.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', body = '']) => ({
      story,
      language,
      text: body,
    }));
  });
}

const variables = (): Record<string, string> => {
  const file = (name: string) => join(product.home, 'keys', `${name}.jwk.json`);
  const publicOf = (path: string) => {
    const { d, alg, ...jwk } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
    return JSON.stringify(jwk);
  };
  const own = join(product.home, 'helper.jwk.json');
  return {
    STAGE: 'dev',
    ERP_URL: product.erp.url,
    TODAY: day(0),
    NEXT_YEAR: day(300),
    KEY_GATHER: publicOf(file('gather')),
    KEY_ANALYSE: publicOf(file('analyse')),
    KEY_ACT: publicOf(file('act')),
    KEY_STANDBY: publicOf(file('standby')),
    ...(existsSync(own) && { KEY_HELPER: publicOf(own) }),
  };
};

/** Runs one line as a shell would: quotes, `$VARS`, a profile before the command. */
async function runLine(line: string): Promise<void> {
  const person = line.startsWith('AWS_PROFILE=colleague ') ? 'colleague' : 'administrator';
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  const args = words.slice(words.indexOf('autonomy') + 1).flatMap((word) => {
    if (word === '$VARS')
      return Object.entries(variables()).flatMap(([name, value]) => ['--var', `${name}=${value}`]);
    if (word === 'governance') return [governance];
    return [word === 'helper.jwk.json' ? join(product.home, word) : word];
  });
  const { accessKeyId, secretAccessKey } = product.cloud[person];
  vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey);
  const hear = (text: string) => void said.push(text);
  const code = await runCli(args, {
    print: hear,
    complain: hear,
    env: { AUTONOMY_ENDPOINT: product.cloud.url },
  });
  expect({ line, code, said: code === 0 ? [] : said }).toEqual({ line, code: 0, said: [] });
}

/** Does what a block says: writes its file, runs its commands, or expects its lines to have been said. */
async function follow({ language, text }: Block): Promise<void> {
  const [, file] = /^(?:#|\/\/) (\S+\.(?:yaml|cedar))\n/.exec(text) ?? [];
  if (file) {
    mkdirSync(dirname(join(governance, file)), { recursive: true });
    writeFileSync(join(governance, file), text);
  } else if (language === 'sh') {
    said = [];
    for (const line of text.trim().split('\n')) await runLine(line);
  } else {
    for (const line of text.trim().split('\n')) expect(said.join('\n')).toContain(line.trim());
  }
}

/** Follows a story's blocks from one number up to another. */
async function tell(story: string, from = 0, to?: number): Promise<void> {
  const own = blocks.filter((block) => block.story === story);
  expect(own.length).toBeGreaterThan(0);
  for (const block of own.slice(from, to)) await follow(block);
}

const agent = () =>
  createAgent({
    endpoint: product.cloud.url,
    id: helper,
    key: JSON.parse(readFileSync(join(product.home, 'helper.jwk.json'), 'utf8')) as AgentKey,
  });
const list = (category: string) => ({
  tool: 'erp.list_vendors',
  input: { category },
  purpose: 'Somebody plans a purchase',
});
const edit = (file: string, change: (text: string) => string) =>
  writeFileSync(join(governance, file), change(readFileSync(join(governance, file), 'utf8')));

describe('the stories', () => {
  it('onboard an agent, which works from the first apply on', async () => {
    await tell('Onboarding an agent in ten minutes', 0, 4);
    expect((await agent().tools()).map(({ name }) => name)).toEqual(['erp.get_budget', 'erp.get_quotes']);
    await tell('Onboarding an agent in ten minutes', 4);
    expect(await product.admin.agent(helper)).toMatchObject({ stage: 'production' });
  }, 60_000);

  it('add a tool and a rule, shut until the centre reviewed it', async () => {
    const story = 'A unit adds a tool and a rule';
    await tell(story, 0, 4);
    expect(await agent().explain(list('office'))).toMatchObject({
      outcome: 'deny',
      rules: [{ id: 'coe-reviewed-tools-only' }],
    });
    await tell(story, 4);
    expect(await agent().act({ ...list('office'), idempotencyKey: 'office-0001' })).toMatchObject({
      status: 'succeeded',
    });
    expect(await agent().act({ ...list('travel'), idempotencyKey: 'travel-0001' })).toMatchObject({
      problem: { detail: 'forbidden by: Travel is bought by the travel desk' },
    });
  }, 60_000);

  it('contain an incident', async () => {
    await tell('An incident');
    expect(await product.admin.switches()).toEqual([]);
  }, 60_000);

  it('suspend the agents of a sponsor who leaves, until another answers for them', async () => {
    const people = 'coe/people.yaml';
    edit(people, (text) => text.replace('email: vera.okafor@example.com', '$&\nstatus: left'));
    await tell('The sponsor leaves', 0, 2);
    expect(await product.admin.agent(helper)).toMatchObject({ stage: 'suspended' });
    for (const file of ['helper.yaml', 'agents.yaml'])
      edit(`units/operations/${file}`, (text) => text.replaceAll('vera-okafor', 'mina-haddad'));
    await tell('The sponsor leaves', 2);
    expect(await product.admin.agent(helper)).toMatchObject({ stage: 'production' });
  }, 60_000);

  it('put new rules in force by the word of the council', async () => {
    const council = 'kind: Council\nid: council\ngroup: council\napprovals: 2\n';
    writeFileSync(join(governance, 'coe/council.yaml'), council);
    await runLine('npx autonomy apply governance $VARS');
    edit('units/operations/policies/vendors.cedar', (text) =>
      text.replace('== "travel"', '== "travel" || context.input.category == "furniture"'),
    );
    said = [];
    await runLine('npx autonomy apply governance $VARS');
    expect(said.join('\n')).toMatch(/release \w{12}: waits for 2 of council until .* \(apr_\w+\)/);
    expect(await agent().explain(list('furniture'))).toMatchObject({ outcome: 'allow' });
    const mails = await eventually('two members are asked', async () => {
      const found = await mailsAbout(product, 'autonomy.activate_release');
      return found.length === 2 ? found : undefined;
    });
    for (const { text, link } of mails) {
      expect(text).toContain('~ policy operations-no-travel-vendors');
      expect((await decide(link, 'approve')).status).toBe(303);
    }
    await eventually('the rules are in force', async () => {
      const { outcome } = await agent().explain(list('furniture'));
      return outcome === 'deny' ? outcome : undefined;
    });
    said = [];
    await runLine('npx autonomy apply governance $VARS');
    expect(said.join('\n')).toContain('Nothing to do');
  }, 60_000);
});
