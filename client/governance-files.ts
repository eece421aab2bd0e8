import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { LineCounter, parseAllDocuments } from 'yaml';
import type { GovernanceBody } from '../core/governance/manifest.ts';
import { splitPolicies } from './split-policies.ts';

/** A governance directory that can't be read; the message names file, line and what to do. */
export class GovernanceFileError extends Error {
  constructor(file: string, line: number, reason: string) {
    super(`${file}:${line}: ${reason}`);
    this.name = 'GovernanceFileError';
  }
}

type Source = { readonly file: string; readonly layer: string; readonly text: string };

/**
 * Reads `coe/` and `units/<unit>/`: YAML manifests (several documents a file), Cedar policies and their test cases
 * (`.cedar.test.yaml`), each with its line. `${NAME}` is replaced by a variable. A file that would be left out, save
 * notes in Markdown, is refused by name. Throws `GovernanceFileError`.
 */
export function readGovernance(
  directory: string,
  variables: Readonly<Record<string, string>>,
): GovernanceBody {
  const sources = filesOf(directory).map((file): Source => {
    const text = substitute(readFileSync(join(directory, file), 'utf8'), file, variables);
    return { file, layer: layerOf(file), text };
  });
  if (sources.length === 0) {
    throw new GovernanceFileError(directory, 1, 'holds no coe/ or units/<unit>/ with .yaml or .cedar files');
  }
  const of = (kind: FileKind) => sources.filter(({ file }) => kindOf(file) === kind);
  return {
    manifests: of('manifests').flatMap(readDocuments),
    policies: of('policies').flatMap(readPolicies),
    tests: of('tests').flatMap(readDocuments),
  };
}

type FileKind = keyof GovernanceBody;

function kindOf(file: string): FileKind | undefined {
  if (file.endsWith('.cedar.test.yaml')) return 'tests';
  if (file.endsWith('.cedar')) return 'policies';
  return file.endsWith('.yaml') ? 'manifests' : undefined;
}

/** Paths below the directory with forward slashes, in a fixed order; hidden files and notes are no governance. */
function filesOf(directory: string): string[] {
  return globSync('**/*', { cwd: directory, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(directory, sep).length))
    .map((file) => file.split(sep).join('/'))
    .sort();
}

/** The folder says for whom a file speaks: the centre, or the unit it is named after. */
function layerOf(file: string): string {
  const [top = '', unit = '', ...rest] = file.split('/');
  if (!kindOf(file)) {
    throw new GovernanceFileError(
      file,
      1,
      'is neither .yaml (manifests) nor .cedar (policies) nor .cedar.test.yaml (their tests): rename or move it',
    );
  }
  if (top === 'coe') return 'coe';
  if (top === 'units' && rest.length > 0 && unit !== 'coe') return unit;
  throw new GovernanceFileError(file, 1, 'belongs to nobody here: move it to coe/ or units/<unit>/');
}

function substitute(text: string, file: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{([A-Z][A-Z0-9_]*)\}/g, (found, name: string, offset: number) => {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value !== undefined) return value;
    const { length } = text.slice(0, offset).split('\n');
    throw new GovernanceFileError(file, length, `give a value for ${found}: --var ${name}=…`);
  });
}

function readDocuments({ file, layer, text }: Source): GovernanceBody['manifests'] {
  const counter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: counter });
  return [...documents].flatMap((document) => {
    const [error] = [...document.errors, ...document.warnings];
    if (error) {
      const [reason = ''] = error.message.split('\n');
      throw new GovernanceFileError(file, counter.linePos(error.pos[0]).line, reason);
    }
    if (document.contents === null) return [];
    const { line } = counter.linePos(document.contents.range?.[0] ?? 0);
    return [{ file, line, layer, document: document.toJS() as unknown }];
  });
}

function readPolicies({ file, layer, text }: Source): GovernanceBody['policies'] {
  return splitPolicies(text).map((policy) => ({ file, layer, ...policy }));
}
