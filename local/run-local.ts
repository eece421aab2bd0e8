import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BootError } from './boot-error.ts';
import { bootCloud, type Cloud } from './cloud.ts';
import { runCompanion } from './companion.ts';
import { synthesize } from './synthesize.ts';

export type LocalOptions = {
  /** `pilot …` runs the program once and ends; anything else starts the cloud with the program and stays up. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The checkout. */
  readonly root: string;
  /** The CDK app, below the root. */
  readonly app: string;
  /** The program that works on the cloud, below the root. */
  readonly program: string;
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Aborts when the user wants an end. */
  readonly signal: AbortSignal;
};

const DEFAULT_PORT = 8787;

/** Runs the cloud on this machine with a program beside it; gives the exit code, 1 for what could not start. */
export async function runLocal(options: LocalOptions): Promise<number> {
  const [command, ...rest] = options.args;
  const once = command === 'pilot';
  const args = once ? rest : ['--keep-running', ...options.args];
  const elsewhere = args.some((word) => /^--(endpoint|help)\b/.test(word));
  try {
    if (elsewhere) return await work(options, args, laptopsOwn(options, args));
    return once ? await runOnce(options, args) : await stayUp(options, args);
  } catch (error) {
    if (!(error instanceof BootError)) throw error;
    options.complain(error.message);
    return 1;
  }
}

/** A cloud of its own, on a free port and with nothing left behind, unless AUTONOMY_HOME and PORT say where. */
async function runOnce(options: LocalOptions, args: readonly string[]): Promise<number> {
  const kept = options.env['AUTONOMY_HOME'];
  const home = kept === undefined ? mkdtempSync(join(tmpdir(), 'autonomy-')) : resolve(kept);
  const cloud = await boot(options, home, portOf(options.env, 0));
  try {
    return await work(options, args, surroundings(cloud, home));
  } finally {
    await cloud.stop();
    if (kept === undefined) rmSync(home, { recursive: true, force: true });
  }
}

async function stayUp(options: LocalOptions, args: readonly string[]): Promise<number> {
  const home = resolve(options.env['AUTONOMY_HOME'] ?? '.autonomy');
  options.say('Autonomy OS: making the template and its bundles …');
  const cloud = await boot(options, home, portOf(options.env, DEFAULT_PORT));
  options.say(`  API      ${cloud.url}`);
  options.say(`  console  ${cloud.url}/_local/`);
  options.say(`  inbox    ${cloud.url}/_local/inbox`);
  options.say(
    `  state    ${home} (administrator's keys: AWS_SHARED_CREDENTIALS_FILE=${join(home, 'credentials')})`,
  );
  try {
    return await work(options, args, surroundings(cloud, home));
  } finally {
    await cloud.stop();
  }
}

async function boot({ root, app, env, complain }: LocalOptions, home: string, port: number): Promise<Cloud> {
  makeHome(home);
  const assembly = await synthesize({ root, app, directory: join(root, '.autonomy', 'assemblies') });
  const onLoss = (line: string) => {
    complain(line);
    process.exit(1);
  };
  const cloud = await bootCloud({ assembly, directory: home, port, environment: env, onLoss });
  const keys = join(home, 'credentials');
  const { administrator, colleague, workload } = cloud;
  const profiles = Object.entries({ default: administrator, colleague, workload });
  writeFileSync(keys, profiles.map(([name, key]) => profileOf(name, key)).join(''), { mode: 0o600 });
  chmodSync(keys, 0o600);
  return cloud;
}

function profileOf(name: string, { accessKeyId, secretAccessKey }: Cloud['administrator']): string {
  return `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
}

/** The state's folder, its owner's alone: links and tokens lie in it. */
function makeHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    chmodSync(home, 0o700);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BootError(`${home} can't be used: ${why}; set AUTONOMY_HOME to another directory`);
  }
}

function portOf(env: LocalOptions['env'], otherwise: number): number {
  const text = env['PORT'];
  if (text === undefined || text === '') return otherwise;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new BootError(`PORT=${text} is no port: set a number from 1 to 65535, or 0 for a free one`);
}

/** What the program beside the cloud needs to reach it as its administrator. */
function surroundings({ url, administrator }: Cloud, home: string): Record<string, string> {
  return {
    AUTONOMY_ENDPOINT: url,
    AUTONOMY_HOME: home,
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: administrator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: administrator.secretAccessKey,
  };
}

/** A cloud that runs on this machine already is reached with its own keys, unless others are set. */
function laptopsOwn({ env }: LocalOptions, args: readonly string[]): Record<string, string> {
  const given = args.map((word, n) => (word === '--endpoint' ? args[n + 1] : word.split('--endpoint=')[1]));
  const endpoint = given.find((word) => /^http:\/\/(127\.0\.0\.1|localhost):/.test(word ?? ''));
  const keys = resolve(env['AUTONOMY_HOME'] ?? '.autonomy', 'credentials');
  const others = ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_SHARED_CREDENTIALS_FILE'].some(
    (name) => env[name],
  );
  if (!endpoint || others || !existsSync(keys)) return {};
  return { AWS_ENDPOINT_URL: endpoint, AWS_REGION: 'us-east-1', AWS_SHARED_CREDENTIALS_FILE: keys };
}

function work(
  { root, program, signal }: LocalOptions,
  args: readonly string[],
  env: Record<string, string>,
): Promise<number> {
  return runCompanion({ program: join(root, program), args, env, signal });
}
