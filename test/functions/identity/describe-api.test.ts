import { expect, it } from 'vitest';
import { createTokenApi } from '../../../functions/identity/token-api.ts';
import { openapi } from '../../docs/openapi.ts';

it('the API describes itself to anyone, without a token and without a look at any row', async () => {
  const response = await createTokenApi({} as never).request('/openapi.json');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('cache-control')).toBe('public, max-age=300');
  expect(await response.json()).toEqual(openapi);
});
