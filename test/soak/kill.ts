import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { createScriptedApprover } from '../../blueprints/procurement/scripted-approver.ts';
import { productAssembly } from '../harness/assembly.ts';
import { freePort, startLocal } from '../api/product.ts';

const report = z.looseObject({
  requests: z.int(),
  pending: z.int(),
  auditComplete: z.boolean(),
  faults: z.array(z.string()),
});

/** Kills the cloud at random moments of a pilot, people deciding meanwhile; 0 when in the end everything adds up. */
export async function killAgainAndAgain(rounds: number): Promise<number> {
  await productAssembly();
  const home = mkdtempSync(join(tmpdir(), 'autonomy-soak-'));
  const env = { AUTONOMY_HOME: home, PORT: String(await freePort()) };
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const seconds = 1 + Math.random() * 9;
      const votes = await runAndKill(env, seconds);
      console.log(`round ${round}/${rounds}: killed after ${seconds.toFixed(1)} s and ${votes} votes`);
    }
    const last = startLocal(['pilot', '--decide', 'approve', '--json'], env);
    const code = await last.ended;
    const line = last.output().trim().split('\n').at(-1) ?? '';
    console.log(line);
    const { pending, auditComplete, faults } = report.parse(JSON.parse(line));
    return code === 0 && pending === 0 && auditComplete && faults.length === 0 ? 0 : 1;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function runAndKill(env: { AUTONOMY_HOME: string; PORT: string }, seconds: number): Promise<number> {
  const local = startLocal([], env);
  const approve = createScriptedApprover(`http://127.0.0.1:${env.PORT}`, 'approve');
  const until = Date.now() + seconds * 1000;
  let votes = 0;
  while (Date.now() < until) {
    votes += await approve().catch(() => 0);
    await sleep(200);
  }
  local.process.kill('SIGKILL');
  await local.ended;
  return votes;
}
