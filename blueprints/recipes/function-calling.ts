import { readFileSync } from 'node:fs';
import { createAgent } from '../../client/agent.ts';
import { messagesTools, runMessagesCalls } from '../../client/model-formats.ts';
import type { AgentKey } from '../../client/token.ts';
import { createToolbox } from '../../client/toolbox.ts';
import { type Message, scriptedModel } from './scripted-model.ts';

const { AUTONOMY_ENDPOINT: endpoint = '', AGENT_ID: id = '', AGENT_KEY_FILE: file = '' } = process.env;
const agent = createAgent({ endpoint, id, key: JSON.parse(readFileSync(file, 'utf8')) as AgentKey });

/** Put your model's client here: `(request) => anthropic.messages.create({ model, max_tokens, ...request })`. */
const ask = scriptedModel();

const toolbox = await createToolbox(agent, {
  conversation: 'recipes/function-calling',
  purpose: 'Prepare a purchase of copier paper',
  wait: { seconds: 60 },
});
const messages: Message[] = [{ role: 'user', content: 'What would ten boxes of copier paper cost us?' }];
for (;;) {
  const { content, stop_reason } = await ask({ tools: messagesTools(toolbox), messages });
  messages.push({ role: 'assistant', content });
  if (stop_reason !== 'tool_use') break;
  const results = await runMessagesCalls(toolbox, content);
  for (const result of results) console.log(JSON.stringify(result));
  messages.push({ role: 'user', content: results });
}
