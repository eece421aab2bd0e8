import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { runCli } from '../../client/cli/run-cli.ts';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const root = resolve(import.meta.dirname, '../..');

export const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Every document for people, from the root. */
export const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).sort();

export type Block = { readonly language: string; readonly text: string; readonly note: string };

/** Fenced blocks with the comment that stands on the line before. */
export function blocksOf(markdown: string): Block[] {
  const fenced = /(?:<!-- ([^\n]*?) -->\n)?^```(\w*)\n([\s\S]*?)^```$/gm;
  return [...markdown.matchAll(fenced)].map(([, note = '', language = '', text = '']) => ({
    language,
    text,
    note,
  }));
}

export const withoutBlocks = (markdown: string) => markdown.replace(/^```[\s\S]*?^```$/gm, '');

/** Targets of links, without those to other sites. */
export function linksOf(markdown: string): string[] {
  return [...withoutBlocks(markdown).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors of a document's headings, as GitHub makes them. */
export function anchorsOf(markdown: string): string[] {
  return [...withoutBlocks(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

const shell = promisify(execFile);
const answers = new Map<string, Promise<string>>();

/**
 * What a command line of the documents prints, each run once: by a shell, and the many helps of `autonomy` and its
 * imports in this process, whose program `npx autonomy --help` starts.
 */
export function run(line: string): Promise<string> {
  const [, own] = /^npx autonomy (.+ --help|tools import .+)$/.exec(line) ?? [];
  const answer = answers.get(line) ?? (own === undefined ? runInShell(line) : runHere(own.split(' ')));
  answers.set(line, answer);
  return answer;
}

async function runHere(args: readonly string[]): Promise<string> {
  const said: string[] = [];
  const hear = (text: string) => void said.push(text);
  await runCli(args, { print: hear, complain: hear, env: {} });
  return said.join('\n');
}

async function runInShell(line: string): Promise<string> {
  const PATH = `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`;
  const options = { cwd: root, env: { ...process.env, PATH, NO_COLOR: '1' }, timeout: 15_000 };
  return (await shell('sh', ['-c', `${line} 2>&1`], options)).stdout;
}
