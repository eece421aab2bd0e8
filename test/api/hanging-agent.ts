import { readFileSync } from 'node:fs';
import { createAgent } from '../../client/agent.ts';
import type { AgentKey } from '../../client/token.ts';

/** An agent that claims a task, keeps its lease alive, and never finishes: `node hanging-agent.ts URL ID KEYFILE`. */
const [endpoint = '', id = '', file = ''] = process.argv.slice(2);
const agent = createAgent({ endpoint, id, key: JSON.parse(readFileSync(file, 'utf8')) as AgentKey });
process.stdin.resume().on('end', () => process.exit(0));
await agent.work({
  concurrency: 1,
  signal: new AbortController().signal,
  handle: (task) => {
    console.log(`claimed ${task.id}`);
    return new Promise(() => undefined);
  },
});
