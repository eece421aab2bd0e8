import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isNode, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import type { Finding } from '../core/governance/manifest.ts';
import { AutonomyError } from './send.ts';

/** A finding about `field.path: …` at the line of that field; as it was when the file has no such field. */
export function locateField(directory: string, finding: Finding): Finding {
  const [, path] = /^([\w-]+(?:\.[\w-]+)*): /.exec(finding.reason) ?? [];
  if (path === undefined || !/\.ya?ml$/.test(finding.file)) return finding;
  return {
    ...finding,
    line: lineOf(join(directory, finding.file), finding.line, path.split('.')) ?? finding.line,
  };
}

function lineOf(file: string, line: number, path: readonly string[]): number | undefined {
  const counter = new LineCounter();
  const documents = [...parseAllDocuments(readFileSync(file, 'utf8'), { lineCounter: counter })];
  const whole = documents.find(
    ({ contents }) => contents && counter.linePos(contents.range[0]).line === line,
  );
  let found: number | undefined;
  let node: unknown = whole?.contents;
  for (const step of path) {
    const pair = isMap(node) && node.items.find(({ key }) => isScalar(key) && key.value === step);
    if (pair && isNode(pair.key)) found = pair.key.range?.[0] ?? found;
    node = pair ? pair.value : isNode(node) && 'get' in node ? node.get(Number(step), true) : undefined;
    if (!pair && isNode(node)) found = node.range?.[0] ?? found;
  }
  return found === undefined ? undefined : counter.linePos(found).line;
}

/** The same refusal with each finding at the line of its field. */
export function located(error: unknown, directory: string): unknown {
  if (!(error instanceof AutonomyError) || !Array.isArray(error.problem['findings'])) return error;
  const findings = error.problem['findings'].map((each: Finding) => locateField(directory, each));
  return new AutonomyError(error.status, error.code, error.message, { ...error.problem, findings });
}
