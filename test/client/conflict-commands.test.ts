import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve, type ServerType } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../client/cli/run-cli.ts';
import { writeGovernance } from '../../client/write-governance.ts';
import type { GovernanceBody } from '../../core/governance/manifest.ts';
import { createGovernanceApi } from '../../functions/governance/governance-api.ts';
import { startWorld, type World } from '../harness/door.ts';
import { signedBy } from '../harness/http.ts';
import { organisation, withPolicy } from '../harness/organisation.ts';

const scope = 'principal, action == AutonomyOS::Action::"erp.wipe", resource';
const council = [
  { kind: 'Group', id: 'council', title: 'Council', members: ['ada', 'ben'] },
  { kind: 'Council', id: 'council', group: 'council', approvals: 2 },
];
const plain = organisation();
const governed: GovernanceBody = {
  ...plain,
  manifests: [
    ...plain.manifests,
    ...council.map((document) => ({ file: 'coe.yaml', line: 1, layer: 'coe', document })),
  ],
};
const clashing = withPolicy(
  withPolicy(governed, `@id("operations-wipes") permit (${scope});`),
  `@id("coe-no-wipes") forbid (${scope});`,
  'coe',
);

let world: World;
let server: ServerType;
let endpoint: string;
const home = mkdtempSync(join(tmpdir(), 'conflicts-'));
const [calm, torn] = [join(home, 'calm'), join(home, 'torn')];
const inFolders = ({ manifests, policies }: GovernanceBody) => {
  const folderOf = (layer: string) => (layer === 'coe' ? layer : `units/${layer}`);
  return {
    manifests: manifests.map((each) => ({ ...each, file: `${folderOf(each.layer)}/all.yaml` })),
    policies: policies.map((each) => ({ ...each, file: `${folderOf(each.layer)}/all.cedar` })),
  };
};

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  writeGovernance(calm, inFolders(plain));
  writeGovernance(torn, inFolders(clashing));
  world = await startWorld();
  const { registry, now } = world.deps;
  const api = createGovernanceApi({ registry, releases: world.releases, now });
  const caller = signedBy('arn:aws:iam::111122223333:user/ops');
  server = await new Promise<ServerType>((ready) => {
    const fetch = (request: Request) => api.fetch(request, caller);
    const started = serve({ fetch, port: 0, hostname: '127.0.0.1' }, () => ready(started));
  });
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 30_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
  await new Promise((done) => server.close(done));
  await world.stop();
});

async function cli(...args: string[]) {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const terminal = { env: { AUTONOMY_ENDPOINT: endpoint }, print, complain: print };
  const code = await runCli(['conflicts', ...args], terminal);
  return { code, out: lines.join('\n') };
}

describe('autonomy conflicts', () => {
  it('lists them, asks the council about one, and shows that it waits', async () => {
    expect(await cli(calm)).toEqual({ code: 0, out: 'No conflicts.' });
    const listed = await cli(torn);
    expect(listed.out).toContain('operations-wipes (units/operations/all.cedar:');
    const [id = ''] = /con_[0-9a-f]{32}/.exec(listed.out) ?? [];
    expect(await cli('ask', torn, id)).toMatchObject({
      code: 1,
      out: expect.stringContaining('409 no-council: there is no council to rule: add a Group') as string,
    });
    await world.apply(clashing);
    expect((await cli('ask', torn, id)).out).toMatch(
      /^con_\w+: waits for 2 of council until .* \(apr_\w+\)\.$/,
    );
    expect((await cli(torn)).out).toMatch(/waits since .*: the council was asked \(act_\w+\)/);
    expect(await cli('ask', torn, id.replace(/.$/, '_'))).toMatchObject({ code: 1 });
  });
});
