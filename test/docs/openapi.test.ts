import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { describeApi } from '../../core/openapi.ts';
import { actionApi } from '../../core/action/action-operations.ts';
import { routes } from '../../lib/http-api.ts';
import { deviationOf } from '../api/conformance.ts';
import { written } from './json-schemas.ts';
import { root } from './markdown.ts';
import { openapi, parts } from './openapi.ts';

const file = join(root, 'schemas/openapi.json');
if (process.env['UPDATE_DOCS']) writeFileSync(file, await written(openapi));

/** Who answers people in a browser or in Slack, which no program calls. */
const forPeople: readonly string[] = ['approval-page', 'inbox', 'slack'];
/** What MCP clients may try and is not offered: 405. */
const notOffered: readonly string[] = ['GET /mcp', 'DELETE /mcp'];

describe('schemas/openapi.json', () => {
  it('is what the code describes (UPDATE_DOCS=1 writes it)', async () => {
    expect(readFileSync(file, 'utf8')).toBe(await written(openapi));
  });

  it('is an OpenAPI 3.1 document', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(openapi));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  it('refers to nothing that is not in it', () => {
    const text = JSON.stringify(openapi);
    for (const [, path = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = path.split('/').reduce<unknown>((at, step) => Reflect.get(at as object, step), openapi);
      expect(found, path).toBeTypeOf('object');
    }
  });

  it('names every operation once', () => {
    const ids = parts.flatMap(({ operations }) => operations.map(({ id }) => id));
    expect(ids).toEqual([...new Set(ids)]);
  });
});

describe('the description and the routes', () => {
  const described = parts.flatMap(({ operations }) => operations);
  const nameOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;
  const programs = routes.filter(
    (route) => !forPeople.includes(route.answers) && !notOffered.includes(nameOf(route)),
  );

  it('has every route that programs call, and no other', () => {
    expect(described.map(nameOf).toSorted()).toEqual(programs.map(nameOf).toSorted());
  });

  it('says of each who may call it as API Gateway checks it', () => {
    for (const operation of described) {
      const route = routes.find((each) => nameOf(each) === nameOf(operation));
      expect(route?.caller === 'iam', nameOf(operation)).toBe(operation.caller === 'signer');
    }
  });
});

describe('an answer the description does not know', () => {
  const deviation = (status: number, body: object | undefined, headers: Record<string, string> = {}) =>
    deviationOf('GET', '/v1/shadow', answerOf(status, body, headers));
  const answerOf = (status: number, body: object | undefined, headers: Record<string, string>) =>
    new Response(body && JSON.stringify(body), {
      status,
      headers: { 'content-type': 'application/json', ...headers },
    });

  it('is found by status, field, kind and header', async () => {
    expect(await deviation(200, { release: null })).toBeUndefined();
    expect(await deviation(200, { release: 7 })).toMatch(/GET \/v1\/shadow 200/);
    expect(await deviation(200, { release: null, secret: 'x' })).toMatch(/secret/);
    expect(await deviation(200, { release: null }, { 'content-type': 'text/html' })).toMatch(/is not/);
    expect(await deviation(418, {})).toMatch(/is not described/);
    expect(await deviation(503, {})).toBeUndefined();
    const wait = answerOf(202, undefined, {});
    expect(await deviationOf('POST', '/v1/runs', wait)).toMatch(/has no Location/);
  });
});

describe('a part that does not hold together is refused', () => {
  it('when two parts mean different things by one name', () => {
    const other = { ...actionApi, operations: [], schemas: { Action: z.string() } };
    expect(() => describeApi([actionApi, other], '1')).toThrow('two schemas are called Action');
  });

  it('when an operation names a schema that is not there', () => {
    expect(() => describeApi([{ ...actionApi, schemas: {} }], '1')).toThrow('Actions has no schema');
  });
});
