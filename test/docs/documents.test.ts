import { existsSync, globSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { stateTypes } from '../../local/step-functions/definition.ts';
import { routes } from '../../lib/http-api.ts';
import { anchorsOf, blocksOf, documents, linksOf, read, root, run, withoutBlocks } from './markdown.ts';
import { drawnIn, drawStatuses, nouns } from './status-diagrams.ts';

const manifest = z
  .object({
    scripts: z.record(z.string(), z.string()),
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
    optionalDependencies: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(read('package.json')));

describe.each(documents)('%s', (file) => {
  const text = read(file);

  it('links only to what there is, headings included', () => {
    const broken = linksOf(text).filter((target) => {
      const [path = '', anchor] = target.split('#');
      const to = path === '' ? file : relative(root, resolve(root, dirname(file), path));
      if (!existsSync(join(root, to))) return true;
      return anchor !== undefined && !anchorsOf(read(to)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names only files there are', () => {
    const rooms = 'bin|lib|core|functions|statemachines|local|client|blueprints|test|docs';
    const named = new RegExp(`(?<![\\w/.-])(?:${rooms})/[\\w./-]*\\.(?:ts|json|md|yaml|cedar|csv)\\b`, 'g');
    const missing = [...text.matchAll(named)]
      .map(([path]) => path)
      .filter((path) => !existsSync(join(root, path)));
    expect(missing).toEqual([]);
  });

  it('names only scripts of package.json', () => {
    const named = [...text.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, script = '']) => script);
    expect(named.filter((script) => !Object.hasOwn(manifest.scripts, script))).toEqual([]);
  });

  it('names nobody outside example.com', () => {
    const people = [...text.matchAll(/[\w.+-]+@([\w-]+(?:\.[\w-]+)+)/g)].map(([, domain]) => domain);
    expect(people.filter((domain) => domain !== 'example.com' && domain !== 'acme.example')).toEqual([]);
  });
});

describe('commands in the documents', () => {
  const blocks = documents.flatMap((file) => blocksOf(read(file)).map((block) => ({ file, ...block })));
  const tested = blocks.filter(({ note }) => note === 'tested');
  const covered = blocks.filter(({ note }) => note.startsWith('covered: '));
  const lines = tested.flatMap(({ text }) => text.trim().split('\n'));

  it('are tried, some of them', () => {
    expect(lines.length).toBeGreaterThan(3);
    expect(covered.length).toBeGreaterThan(2);
  });

  it.concurrent.each(lines)('work: %s', async (line) => {
    const [, command] = /^npx (autonomy .+) --help$/.exec(line) ?? [];
    expect(await run(line)).toContain(command === undefined ? '--' : `Usage: ${command} [options]`);
  });

  it('that take long are tried elsewhere', () => {
    const claims = covered.flatMap(({ note }) => note.slice('covered: '.length).split('; '));
    const idle = claims.filter((claim) => {
      const [file = '', ...words] = claim.split(' ');
      return !existsSync(join(root, file)) || !read(file).includes(words.join(' '));
    });
    expect(idle).toEqual([]);
  });

  it('that start the product run the file its tests start', () => {
    const { start, pilot } = manifest.scripts;
    expect([start, pilot]).toEqual(['node bin/local.ts', 'node bin/local.ts pilot']);
  });
});

describe('options in the documents', () => {
  const optionsIn = (text: string) =>
    new Set([...text.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => option));

  it('are all the pilot has', async () => {
    const [, table = ''] = /<!-- options: pilot -->\n([\s\S]*?)\n\n/.exec(read('README.md')) ?? [];
    expect([...optionsIn(table)].sort()).toEqual(
      [...optionsIn(await run('npm run -s pilot -- --help'))].sort(),
    );
  });

  it.each(['plan', 'apply', 'agent keys'])('of autonomy %s are options it has', async (command) => {
    const help = optionsIn(await run(`npx autonomy ${command} --help`));
    const calls = new RegExp(`autonomy (?:-- )?${command} ((?:[^\\n]|\\\\\\n)*)`, 'g');
    const used = documents.flatMap((file) =>
      blocksOf(read(file)).flatMap(({ text }) =>
        [...text.matchAll(calls)].flatMap(([, rest = '']) => [...optionsIn(rest)]),
      ),
    );
    expect(used.filter((option) => !help.has(option))).toEqual([]);
  });
});

describe('the architecture', () => {
  const file = 'docs/architecture.md';

  it('draws every noun’s statuses as the code has them', () => {
    const drawn = drawStatuses(read(file));
    if (process.env['UPDATE_DOCS']) writeFileSync(join(root, file), drawn);
    expect(read(file)).toBe(drawn);
    expect(drawnIn(drawn)).toEqual(nouns);
  });

  it('lists every row the code has a key for', () => {
    const [, table = ''] = /<!-- rows -->\n([\s\S]*?)<!-- end -->/.exec(read(file)) ?? [];
    const listed = [...table.matchAll(/` \/ `([A-Z]+)`/g)].map(([, sk]) => sk);
    const sources = globSync('core/**/*.ts', { cwd: root }).map(read);
    const coded = sources.flatMap((text) =>
      [...text.matchAll(/\bsk: (?:z\.literal\()?'([A-Z]+)'/g)].map(([, sk]) => sk),
    );
    expect(listed.sort()).toEqual([...new Set(coded)].sort());
  });
});

describe('the README', () => {
  it('tells of every route', () => {
    const prose = withoutBlocks(read('README.md')).replaceAll('…/', '/v1/tasks/{id}/');
    const told = new Set([...prose.matchAll(/(?<=[` ])(?:\/[\w{}.:-]+)+(?=`)/g)].map(([path]) => path));
    const wellKnown = routes.filter(({ path }) => path.startsWith('/.well-known/'));
    const untold = routes.filter((route) => !wellKnown.includes(route) && !told.has(route.path));
    expect(untold.map(({ path }) => path)).toEqual([]);
  });
});

describe('the limitations', () => {
  it('tell which states of Step Functions run on the laptop', () => {
    const [, told = ''] = /states that run here are (.*)\./.exec(read('docs/limitations.md')) ?? [];
    expect([...told.matchAll(/`(\w+)`/g)].map(([, state]) => state)).toEqual(Object.keys(stateTypes));
  });
});

describe('the runbooks', () => {
  it('have an answer to every alarm', () => {
    const [, watched = ''] =
      /function watchedIn[\s\S]*?return \{\n([\s\S]*?)\n {2}\};/.exec(read('lib/alarms.ts')) ?? [];
    const alarms = [...watched.matchAll(/^ {4}(\w+): \{/gm)].map(([, name]) => name);
    const answered = [...read('docs/runbooks.md').matchAll(/^\| ([\w-]+) \| \[/gm)].map(([, name]) => name);
    const machines = globSync('statemachines/*.asl.json', { cwd: root })
      .sort()
      .map((file) => `${basename(file, '.asl.json')}-machine-failed`);
    expect(alarms).not.toEqual([]);
    expect(answered).toEqual([...alarms, ...machines]);
  });
});

describe('the promises', () => {
  it('each name a test', () => {
    const rows = [...read('docs/promises.md').matchAll(/^\| (?!Promise|---)(.+?) \| (.+) \|$/gm)];
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter(([, , proof = '']) => !/\]\(\.\.\/test\/[\w./-]+\.test\.ts\)/.test(proof))).toEqual(
      [],
    );
  });
});

describe('the glossary', () => {
  it('has each word once, in order', () => {
    const words = [...read('docs/glossary.md').matchAll(/^\| \*\*(.+?)\*\*/gm)].map(([, word = '']) =>
      word.toLowerCase(),
    );
    expect(words).toEqual([...new Set(words)].sort());
  });
});

describe('the decisions', () => {
  const files = globSync('docs/adr/*.md', { cwd: root }).sort();

  it('are numbered without a gap, in name and title', () => {
    const numbers = files.map((file) => Number(/\/(\d{4})-[a-z0-9-]+\.md$/.exec(file)?.[1]));
    const titles = files.map((file) => Number(/^# (\d+)\. /.exec(read(file))?.[1]));
    expect(numbers).toEqual(files.map((_, n) => n + 1));
    expect(titles).toEqual(numbers);
  });

  it.each(files)('say why, what and at what price: %s', (file) => {
    for (const part of ['**Context.**', '**Decision.**', '**Consequences.**'])
      expect(read(file)).toContain(part);
  });

  it('know every dependency, and its licence as it is installed', () => {
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    const names = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
    const rows = [...read('docs/adr/0007-dependencies.md').matchAll(/^\| `(.+?)` \| .+? \| (.+?) \|/gm)];
    const told = Object.fromEntries(rows.map(([, name = '', licence]) => [name, licence]));
    expect(Object.keys(told).sort()).toEqual(names.sort());
    for (const name of names) {
      const installed = `node_modules/${name}/package.json`;
      if (!existsSync(join(root, installed))) continue;
      expect(told[name], name).toBe(
        z.object({ license: z.string() }).parse(JSON.parse(read(installed))).license,
      );
    }
  });
});
