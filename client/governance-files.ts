import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LineCounter, parseAllDocuments } from 'yaml';
import type { GovernanceBody } from '../core/governance/manifest.ts';

/** A governance directory that can't be read; the message names file, line and what to do. */
export class GovernanceFileError extends Error {
  constructor(file: string, line: number, reason: string) {
    super(`${file}:${line}: ${reason}`);
    this.name = 'GovernanceFileError';
  }
}

type Source = { readonly file: string; readonly layer: string; readonly text: string };

/**
 * Reads `coe/` and `units/<unit>/`: YAML manifests (several documents a file) and Cedar policies, each with its line.
 * `${NAME}` is replaced by a variable. Throws `GovernanceFileError`.
 */
export function readGovernance(
  directory: string,
  variables: Readonly<Record<string, string>>,
): GovernanceBody {
  const files = globSync(['coe/**/*.{yaml,cedar}', 'units/*/**/*.{yaml,cedar}'], { cwd: directory }).sort();
  if (files.length === 0) {
    throw new GovernanceFileError(directory, 1, 'holds no coe/ or units/<unit>/ with .yaml or .cedar files');
  }
  const sources = files.map((file): Source => {
    const [top = '', unit = ''] = file.split(/[\\/]/);
    const text = substitute(readFileSync(join(directory, file), 'utf8'), file, variables);
    return { file, layer: top === 'coe' ? 'coe' : unit, text };
  });
  return {
    manifests: sources.filter(({ file }) => file.endsWith('.yaml')).flatMap(readManifests),
    policies: sources.filter(({ file }) => file.endsWith('.cedar')).flatMap(readPolicies),
  };
}

function substitute(text: string, file: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{([A-Z][A-Z0-9_]*)\}/g, (found, name: string, offset: number) => {
    const value = variables[name];
    if (value !== undefined) return value;
    throw new GovernanceFileError(file, lineAt(text, offset), `give a value for ${found}: --var ${name}=…`);
  });
}

const lineAt = (text: string, offset: number) => text.slice(0, offset).split('\n').length;

function readManifests({ file, layer, text }: Source): GovernanceBody['manifests'] {
  const counter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: counter });
  return [...documents].flatMap((document) => {
    const [error] = document.errors;
    if (error)
      throw new GovernanceFileError(
        file,
        counter.linePos(error.pos[0]).line,
        error.message.split('\n')[0] ?? '',
      );
    if (document.contents === null) return [];
    const { line } = counter.linePos(document.contents.range?.[0] ?? 0);
    return [{ file, line, layer, document: document.toJS() as unknown }];
  });
}

/** Policies end with a semicolon at the end of a line; comments and annotations before one belong to it. */
function readPolicies({ file, layer, text }: Source): GovernanceBody['policies'] {
  const policies: GovernanceBody['policies'] = [];
  let start = 0;
  for (const match of text.matchAll(/;[ \t]*(?:\/\/[^\n]*)?(?:\n|$)/g)) {
    const end = match.index + match[0].length;
    const part = text.slice(start, end);
    const lead = /^(?:\s|\/\/[^\n]*\n)*/.exec(part)?.[0].length ?? 0;
    policies.push({ file, layer, line: lineAt(text, start + lead), text: part.slice(lead).trim() });
    start = end;
  }
  const rest = text
    .slice(start)
    .replace(/\/\/[^\n]*/g, '')
    .trim();
  if (rest)
    throw new GovernanceFileError(file, lineAt(text, start), 'the last policy has no semicolon at its end');
  return policies;
}
