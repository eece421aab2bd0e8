import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const rooms = ['bin', 'lib', 'core', 'functions', 'local', 'client', 'blueprints'] as const;

/** Modules of `core/` that hold a noun: a schema, its type and its keys. Siblings may use these, never verbs. */
const nouns =
  /^core\/(agent\/agent|agent\/agent-release|budget\/budget|delegation\/delegation|action\/action|action\/action-view|approval\/approval|task\/task|task\/lease|switch\/switch|run\/run|value\/outcome|policy\/(decision|release)|governance\/(person|unit|system|tool|tool-watch|manifest))\.ts$/;

type Import = { readonly from: string; readonly to: string; readonly typeOnly: boolean };

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier?.startsWith('.')) {
      const to = relative(root, resolve(root, dirname(file), specifier));
      found.push({ from: file, to, typeOnly: isTypeOnly(node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function specifierOf(node: ts.Node): string | undefined {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
    return (node.moduleSpecifier as ts.StringLiteral).text;
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [first] = node.arguments;
    return first && ts.isStringLiteral(first) ? first.text : undefined;
  }
  return undefined;
}

function isTypeOnly(node: ts.Node): boolean {
  if (!ts.isImportDeclaration(node) || !node.importClause) return false;
  if (node.importClause.isTypeOnly) return true;
  const { namedBindings, name } = node.importClause;
  if (name || !namedBindings || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.every((element) => element.isTypeOnly);
}

/** Why an import breaks the rule of the house; `undefined` when it keeps it. */
export function breach({ from, to, typeOnly }: Import): string | undefined {
  const [room = '', capability = ''] = from.split('/');
  const [otherRoom = '', otherCapability = ''] = to.split('/');
  const inCoreRoot = otherRoom === 'core' && to.split('/').length === 2;
  switch (room) {
    case 'bin':
      return ['bin', 'lib', 'local', 'client'].includes(otherRoom)
        ? undefined
        : 'bin uses lib, local and client';
    case 'lib':
      if (otherRoom === 'lib' || (to === 'functions/aws/env.ts' && typeOnly)) return undefined;
      return 'lib knows functions by path and only the types of functions/aws/env.ts';
    case 'local':
      return otherRoom === 'local' ? undefined : 'local knows the template and the bundles, nothing of ours';
    case 'client':
      return ['client', 'core'].includes(otherRoom) ? undefined : 'client uses core';
    case 'blueprints':
      return ['blueprints', 'client'].includes(otherRoom) ? undefined : 'blueprints use client';
    case 'functions':
      if (otherRoom === 'core' || to === 'schemas/openapi.json') return undefined;
      if (otherRoom !== 'functions') return 'functions use core and functions/aws';
      if (capability === 'aws') return otherCapability === 'aws' ? undefined : 'functions/aws uses core';
      return ['aws', 'http', capability].includes(otherCapability)
        ? undefined
        : 'a capability uses functions/aws and functions/http';
    case 'core':
      if (otherRoom !== 'core') return 'core is pure and uses core alone';
      if (inCoreRoot || otherCapability === capability) return undefined;
      return typeOnly || nouns.test(to) ? undefined : 'a capability uses only the nouns of its siblings';
    default:
      return `${room} has no rule`;
  }
}

describe('the import rule of the house', () => {
  const files = rooms.flatMap((room) => globSync(`${room}/**/*.ts`, { cwd: root }));

  it('reads the files of every room', () => {
    for (const room of rooms)
      expect(
        files.filter((file) => file.startsWith(`${room}/`)),
        room,
      ).not.toHaveLength(0);
  });

  it('is kept by every import', () => {
    const breaches = files
      .flatMap(importsOf)
      .map((found) => ({ ...found, why: breach(found) }))
      .filter(({ why }) => why !== undefined)
      .map(({ from, to, why }) => `${from} imports ${to}: ${why}`);
    expect(breaches).toEqual([]);
  });

  it('is not gone round by the package’s own name, which is for other apps', () => {
    const byName = files.filter(
      (file) =>
        !file.startsWith('blueprints/') &&
        readFileSync(join(root, file), 'utf8').includes("from 'autonomy-os/"),
    );
    expect(byName).toEqual([]);
  });

  it.each([
    ['core/action/a.ts', 'core/policy/decide.ts'],
    ['core/action/a.ts', 'functions/aws/env.ts'],
    ['lib/control.ts', 'functions/action/actions.ts'],
    ['local/cloud.ts', 'core/id.ts'],
    ['functions/task/tasks.ts', 'functions/run/runs.ts'],
    ['functions/aws/log.ts', 'functions/http/problem.ts'],
    ['blueprints/procurement/pilot.ts', 'core/id.ts'],
  ])('refuses %s → %s', (from, to) => {
    expect(breach({ from, to, typeOnly: false })).toBeTypeOf('string');
  });
});

describe('core is pure', () => {
  it('reads no clock, no randomness, no environment and no disk', () => {
    const impure =
      /\bDate\.now\(|new Date\(\)|Math\.random\(|process\.env|from 'node:(fs|http|https|net|child_process)|from '@aws-sdk|from '@aws-lambda|randomUUID|randomBytes/;
    const offenders = globSync('core/**/*.ts', { cwd: root }).filter((file) =>
      impure.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(offenders).toEqual([]);
  });
});
