import { createPrivateKey, type JsonWebKey, randomUUID, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

// An agent without our client: Node's own fetch and crypto are all it takes.
const { AUTONOMY_ENDPOINT: endpoint = '', AGENT_ID: agent = '', AGENT_KEY_FILE: file = '' } = process.env;
const jwk = JSON.parse(readFileSync(file, 'utf8')) as JsonWebKey & { readonly kid: string };

type Action = { readonly id: string; readonly status: string; readonly output?: unknown };

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A word of the agent's own, signed with its Ed25519 key: who it is, to whom it says so, once, for a minute. */
function assertion(): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: agent, sub: agent, aud: `${endpoint}/oauth/token`, jti: randomUUID() };
  const head = base64url({ alg: 'EdDSA', kid: jwk.kid });
  const body = `${head}.${base64url({ ...claims, iat: now, exp: now + 60 })}`;
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  return `${body}.${sign(null, Buffer.from(body), key).toString('base64url')}`;
}

async function getToken(): Promise<string> {
  const response = await fetch(`${endpoint}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion(),
    }),
  });
  if (!response.ok) throw new Error(`no token: ${await response.text()}`);
  const { access_token } = (await response.json()) as { readonly access_token: string };
  return access_token;
}

/** Asks, and while people decide asks again, no sooner than it is told to. */
async function act(token: string, request: object, key: string): Promise<Action> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  let response = await fetch(`${endpoint}/v1/actions`, {
    method: 'POST',
    headers: { ...headers, 'idempotency-key': key },
    body: JSON.stringify(request),
  });
  while (response.status === 202) {
    await sleep(1000 * Number(response.headers.get('retry-after') ?? 5));
    response = await fetch(new URL(response.headers.get('location') ?? '', endpoint), { headers });
  }
  const answer = (await response.json()) as Action & { readonly detail?: string; readonly action?: Action };
  if (answer.action) return { ...answer.action, output: answer.detail };
  if (!response.ok) throw new Error(`${response.status}: ${answer.detail}`);
  return answer;
}

const token = await getToken();
const requests = [
  {
    tool: 'erp.get_quotes',
    input: { category: 'office', vendor: 'Contoso Paper', price: '6.20', currency: 'USD' },
    purpose: 'Compare prices before a purchase',
  },
  { tool: 'erp.get_budget', input: { unit: 'facilities' }, purpose: 'Know what may still be spent' },
  { tool: 'erp.pay_everyone', input: {}, purpose: 'See what a denial looks like' },
];
for (const [n, request] of requests.entries()) {
  const { status, output } = await act(token, request, `plain-fetch.${n}`);
  console.log(JSON.stringify({ tool: request.tool, status, output }));
}
