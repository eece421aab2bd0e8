import { cpus, loadavg } from 'node:os';
import { rounded } from './percentile.ts';

const help = `npm run bench -- [decisions|calls|hostile|door] [--json]

  decisions   a policy decision, policies sliced and whole, at 10 to 10,000 policies
  calls       what an action costs: DynamoDB calls, units and items read, and the bill for 1,000
  hostile     how fast hostile bodies are refused, and what memory that takes
  door        a tool called directly and through the door, at 1, 8 and 32 clients

All of them without a name. Times depend on the machine and on what else runs: compare columns of one run.`;

const words = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const asJson = process.argv.includes('--json');
const say = (line: string) => {
  if (!asJson) console.log(line);
};
const parts = {
  decisions: async () => (await import('./decisions.ts')).benchDecisions(say),
  calls: async () => (await import('./count-calls.ts')).countCalls(say),
  hostile: async () => (await import('./hostile.ts')).benchHostile(say),
  door: async () => (await import('./door.ts')).benchDoor(say),
} as const;
const known = words.every((word) => Object.hasOwn(parts, word));
if (process.argv.includes('--help') || !known) {
  console.log(help);
  process.exitCode = known ? 0 : 2;
} else {
  process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
  const machine = {
    node: process.version,
    cores: cpus().length,
    load: loadavg().map((each) => rounded(each, 1)),
  };
  say(`Node ${machine.node}, ${machine.cores} cores, load ${machine.load.join(' ')}`);
  const found: Record<string, unknown> = { machine };
  for (const [name, bench] of Object.entries(parts))
    if (words.length === 0 || words.includes(name)) found[name] = await bench();
  if (asJson) console.log(JSON.stringify(found));
}
