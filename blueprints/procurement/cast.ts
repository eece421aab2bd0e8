import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { agentKey, type KeyFile } from './agent-keys.ts';
import { type Program, startProgram } from './child-program.ts';
import type { PilotOptions } from './pilot-options.ts';

const here = import.meta.dirname;

/** The agents of the pilot, as programs: what each can do and how much at once. */
const agents = [
  { name: 'gather', capabilities: ['procurement-gather'] },
  { name: 'analyse', capabilities: ['procurement-analyse'] },
  { name: 'act', capabilities: ['procurement-act'] },
] as const;

/** A stand-by agent is registered too; it is started by whoever wants to see it take over. */
const registered = ['gather', 'analyse', 'act', 'standby'] as const;

export type Keys = Readonly<Record<(typeof registered)[number], KeyFile>>;

export async function makeKeys(home: string): Promise<Keys> {
  const pairs = await Promise.all(
    registered.map(async (name) => [name, await agentKey(join(home, 'keys'), name)]),
  );
  return Object.fromEntries(pairs) as Keys;
}

/** The public keys as variables of the manifests. */
export function keyVariables(keys: Keys): Record<string, string> {
  return Object.fromEntries(
    Object.entries(keys).map(([name, { publicKey }]) => [
      `KEY_${name.toUpperCase()}`,
      JSON.stringify(publicKey),
    ]),
  );
}

/** Starts the reference ERP on this machine and gives its address and token. */
export async function startErp(
  home: string,
): Promise<{ readonly url: string; readonly token: string; readonly program?: Program }> {
  const token = erpToken(home);
  const running = `http://127.0.0.1:${erpPort(home)}`;
  if (await answers(running, token)) return { url: running, token };
  const env = { ERP_HOME: join(home, 'erp'), ERP_TOKEN: token, PORT: erpPort(home) };
  const program = startProgram(join(here, 'erp/main.ts'), { env });
  const { url } = z.object({ url: z.url() }).parse(JSON.parse(await program.firstLine));
  writeFileSync(join(home, 'erp.port'), new URL(url).port);
  return { url, token, program };
}

/** An ERP of this home that runs already, beside another pilot, is the one meant. */
async function answers(url: string, token: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`${url}/vendors`, { headers }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** The ERP keeps its token and its port over a restart, so that its system's address stays true. */
function erpToken(home: string): string {
  mkdirSync(home, { recursive: true });
  const file = join(home, 'erp.token');
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

function erpPort(home: string): string {
  const file = join(home, 'erp.port');
  return existsSync(file) ? readFileSync(file, 'utf8') : '0';
}

/** Puts the ERP's token where the door finds it: the secret of the system. */
export async function storeErpToken({ stage, region }: PilotOptions, token: string): Promise<void> {
  const secrets = new SecretsManagerClient({ region });
  const name = `autonomy/${stage}/system/erp`;
  try {
    await secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString: token }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    await secrets.send(new CreateSecretCommand({ Name: name, SecretString: token }));
  }
}

/** Starts the three agents, each a process that knows its key and the API's address; one that ends starts again. */
export function startAgents({ endpoint }: PilotOptions, keys: Keys, say: (line: string) => void): void {
  for (const { name, capabilities } of agents) {
    const start = () => {
      const { process: child } = startProgram(join(here, 'agents/main.ts'), {
        env: {
          AUTONOMY_ENDPOINT: endpoint,
          AGENT_ID: `agt_procurement_${name}`,
          AGENT_KEY_FILE: keys[name].file,
          AGENT_CAPABILITIES: capabilities.join(','),
        },
      });
      child.once('exit', (code, signal) => {
        say(`agent ${name} ended (${signal ?? code}); it starts again in a second`);
        setTimeout(start, 1000);
      });
    };
    start();
  }
}
