import { exportJWK, generateKeyPair } from 'jose';
import { expect, it } from 'vitest';
import { createAuthenticate } from '../../../../functions/http/authenticate.ts';
import { createTokenApi } from '../../../../functions/identity/token-api.ts';
import { buyer, startWorld } from '../../../harness/door.ts';
import { connectMcp, fetchOf, ISSUER, mcpOf, signInAs } from '../../../harness/mcp.ts';
import { change, organisation } from '../../../harness/organisation.ts';
import { tokenKey as key } from '../../../harness/token-key.ts';

it('is all the official client needs: it finds out how to sign in, and does so with the agent’s own key', async () => {
  const world = await startWorld();
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  await world.apply(
    change(organisation(), `Agent ${buyer}`, { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1' }] }),
  );
  world.clock.now = new Date();
  const { registry, now } = world.deps;
  const refused = async () => undefined;
  const tokens = createTokenApi({
    registry,
    key,
    issuer: ISSUER,
    now,
    newJti: () => crypto.randomUUID(),
    refused,
  });
  const mcp = mcpOf(world, { authenticate: createAuthenticate({ key, issuer: ISSUER, now, refused }) });
  const asked: string[] = [];
  const request = (asks: Request) => {
    const { pathname } = new URL(asks.url);
    asked.push(pathname);
    return ['/oauth/token', '/.well-known/oauth-authorization-server'].includes(pathname)
      ? tokens.request(asks)
      : mcp.request(asks);
  };
  const fetch = fetchOf({ request });
  const client = await connectMcp(ISSUER, signInAs(buyer, await exportJWK(privateKey), ISSUER), { fetch });
  expect((await client.listTools()).tools.length).toBeGreaterThan(3);
  expect(asked.slice(0, 4)).toEqual([
    '/mcp',
    '/.well-known/oauth-protected-resource/mcp',
    '/.well-known/oauth-authorization-server',
    '/oauth/token',
  ]);
  await world.stop();
});
