import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { createAgent } from '../../../client/agent.ts';
import type { AgentKey } from '../../../client/token.ts';
import { steps } from './steps.ts';

/** A reference agent as a program of its own: claims tasks of its capabilities until it is told to stop. */
const env = z
  .object({
    AUTONOMY_ENDPOINT: z.url(),
    AGENT_ID: z.string(),
    AGENT_KEY_FILE: z.string(),
    AGENT_CAPABILITIES: z.string(),
    AGENT_CONCURRENCY: z.coerce.number().int().min(1).default(4),
  })
  .parse(process.env);

const key = z
  .looseObject({ kty: z.string(), kid: z.string() })
  .parse(JSON.parse(readFileSync(env.AGENT_KEY_FILE, 'utf8'))) as AgentKey;
const agent = createAgent({ endpoint: env.AUTONOMY_ENDPOINT, id: env.AGENT_ID, key });
const stop = new AbortController();

process.on('SIGTERM', () => stop.abort());
process.stdin.resume().on('end', () => process.exit(0));

await agent.work({
  capabilities: env.AGENT_CAPABILITIES.split(','),
  concurrency: env.AGENT_CONCURRENCY,
  signal: stop.signal,
  handle: (task) => {
    const step = steps[task.capability];
    if (!step) throw new Error(`this agent has no step for ${task.capability}`);
    return step(agent, task);
  },
  onEvent: (event) => {
    const { kind } = event;
    const task = 'task' in event ? event.task : undefined;
    const error = 'error' in event ? event.error.message : undefined;
    console.log(JSON.stringify({ agent: env.AGENT_ID, kind, task: task?.id, step: task?.step, error }));
  },
});
process.exit(0);
