import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createAuthorize } from './authorization/authorize.ts';
import { createTokens } from './authorization/tokens.ts';
import { type Resolve, systemResolve } from './resolve-host.ts';
import { createSend } from './send.ts';
import { createReach, type Reach } from './reach.ts';
import { createReadSecret, type ReadSecret } from '../secrets.ts';

/**
 * The way to systems from a function whose contract holds `LOOPBACK_TOOLS`. Inside AWS, where loopback is Lambda's own
 * control interface, it stays shut whatever the stage says.
 */
export function openReach(env: { readonly LOOPBACK_TOOLS: 'allowed' | 'refused' }, now: () => Date): Reach {
  const readSecret = createReadSecret(new SecretsManagerClient({}), now);
  const loopback = env.LOOPBACK_TOOLS === 'allowed' && process.env['AWS_LAMBDA_RUNTIME_API'] === undefined;
  return reachWith({ readSecret, resolve: systemResolve, loopback, now });
}

export function reachWith(deps: {
  readonly readSecret: ReadSecret;
  readonly resolve: Resolve;
  readonly loopback: boolean;
  readonly now: () => Date;
}): Reach {
  const send = createSend(deps);
  return createReach({
    send,
    authorize: createAuthorize({ ...deps, askToken: createTokens({ ...deps, send }) }),
  });
}
