import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { type Admin, createAdmin } from '../admin.ts';
import { CommandError, type Terminal } from './terminal.ts';

export type ConnectOptions = { readonly endpoint?: string; readonly region?: string };

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** Signs with the AWS default credential chain for the API at `--endpoint` or AUTONOMY_ENDPOINT. */
export function connectAdmin(options: ConnectOptions, { env }: Terminal): Admin {
  const endpoint = readEndpoint(options.endpoint ?? env['AUTONOMY_ENDPOINT']);
  const region = options.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? regionOf(endpoint);
  if (!region) throw new CommandError(`in which region is ${endpoint.host}? Pass --region or set AWS_REGION`);
  return createAdmin({
    endpoint: addressOf(endpoint),
    region,
    credentials: fromNodeProviderChain(),
    patienceSeconds: 5,
  });
}

/** The API's address as agents use it, without a slash at its end. */
export const endpointOf = (options: ConnectOptions, { env }: Terminal): string =>
  addressOf(readEndpoint(options.endpoint ?? env['AUTONOMY_ENDPOINT']));

const addressOf = ({ href }: URL) => href.replace(/\/$/, '');

function readEndpoint(text: string | undefined): URL {
  if (!text) {
    throw new CommandError('where is the API? Pass --endpoint https://… or set AUTONOMY_ENDPOINT');
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.includes(url.hostname)))
    return url;
  throw new CommandError(`--endpoint ${text}: must be an https address (http on this machine alone)`);
}

/** API Gateway's own host names hold the region; this machine has none, so any will do. */
function regionOf({ hostname }: URL): string | undefined {
  if (LOOPBACK.includes(hostname)) return 'us-east-1';
  return /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(hostname)?.[1];
}
