import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdmin } from '../../client/admin.ts';
import { bootCloud } from '../../local/cloud.ts';
import { type Company, largeCompany } from '../bench/large-governance.ts';
import { productAssembly } from '../harness/assembly.ts';
import { someBody } from '../harness/release.ts';

/** What a large governance takes: seconds of the apply and of a plan after it, and whether that plan was empty. */
export type Measured = {
  readonly applySeconds: number;
  readonly requests: number;
  readonly planSeconds: number;
  readonly left: number;
  readonly megabytes: number;
};

const seconds = async (work: () => Promise<unknown>) => {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
};

/** Applies a company of that size to a fresh local cloud over HTTP, as the CLI does, then plans it again. */
export async function measureGovernance(company: Company): Promise<Measured> {
  const assembly = await productAssembly();
  const home = mkdtempSync(join(tmpdir(), 'autonomy-governance-'));
  const cloud = await bootCloud({ assembly, directory: home, port: 0, environment: process.env });
  try {
    const { url: endpoint, administrator: credentials } = cloud;
    const admin = createAdmin({ endpoint, region: 'us-east-1', credentials });
    const body = someBody(largeCompany(company));
    let requests = 1;
    let left = 0;
    const onProgress = () => (requests += 1);
    const applySeconds = await seconds(() => admin.apply(body, { onProgress }));
    const planSeconds = await seconds(async () => {
      const { changes, release } = await admin.apply(body, { plan: true });
      left = changes.filter(({ action }) => action !== 'none').length + release.differences.length;
    });
    const megabytes = Buffer.byteLength(JSON.stringify(body)) / 1024 / 1024;
    return { applySeconds, requests, planSeconds, left, megabytes };
  } finally {
    await cloud.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

const company = { agents: 1_000, policies: 1_000, tools: 200 };
const LIMITS = { apply: 120, plan: 15 };

/** A large company on the laptop; 0 when it is applied and planned in time, and the plan is empty. */
export async function governLargeCompany(): Promise<number> {
  const { applySeconds, requests, planSeconds, left, megabytes } = await measureGovernance(company);
  const { agents, policies, tools } = company;
  console.log(
    `${agents} agents, 20 roles, ${tools} tools, ${policies} policies: ${megabytes.toFixed(1)} MB of JSON`,
  );
  console.log(
    `apply        ${applySeconds.toFixed(1)} s in ${requests} requests (at most ${LIMITS.apply} s)`,
  );
  console.log(`second plan  ${planSeconds.toFixed(1)} s, ${left} to change (at most ${LIMITS.plan} s and 0)`);
  return applySeconds < LIMITS.apply && planSeconds < LIMITS.plan && left === 0 ? 0 : 1;
}
