import { canBeOpened, classifyAddress } from '../network-address.ts';
import { isOwnHeader } from './check-connector.ts';
import { type Finding, findingAt as at, ofKind, type Placed } from './manifest.ts';
import type { System } from './system.ts';

type Given = Omit<System, 'id' | 'title'>;

/** Where systems are and how they are signed in to: a public host by https, and one way to prove who we are. */
export function checkSystems(placed: readonly Placed[]): Finding[] {
  return ofKind(placed, 'System').flatMap((system) => {
    const given: Given = system.manifest;
    const reasons = [
      ...checkAddress('baseUrl', given.baseUrl, given),
      ...checkAuth(given),
      ...checkNetworks(given),
    ];
    return reasons.map((reason) => at(system, reason));
  });
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

function checkAddress(field: string, address: string | undefined, { privateNetworks = [] }: Given): string[] {
  if (address === undefined) return [];
  const { protocol, hostname, username, password, search, hash } = new URL(address);
  if (username || password || search || hash)
    return [`${field}: may hold no credentials, no query and no fragment`];
  if (LOOPBACK.includes(hostname)) return [];
  if (protocol !== 'https:') return [`${field}: must be https; http is for loopback alone`];
  const literal = hostname.replace(/^\[(.*)\]$/, '$1');
  if (!/^[\d.]+$|:/.test(literal)) return [];
  const kind = classifyAddress(literal);
  const openable = (kind === 'private' || kind === 'shared') && privateNetworks.length > 0;
  return kind === 'public' || openable
    ? []
    : [`${field}: ${hostname} is never connected to: such addresses are ${kind}`];
}

function checkAuth({ auth, bearerSecret, baseUrl, ...given }: Given): string[] {
  if (!auth) return [];
  const ownHeader =
    auth.type === 'api-key' &&
    auth.in === 'header' &&
    auth.name.toLowerCase() !== 'authorization' &&
    isOwnHeader(auth.name);
  return [
    ...(bearerSecret === undefined ? [] : ['auth: bearerSecret is its short form: give one of them']),
    ...(baseUrl === undefined ? ['auth: is sent to the baseUrl: give one'] : []),
    ...(ownHeader ? [`auth.name: ${auth.name} is no header for a key`] : []),
    ...(auth.type === 'oauth2' ? checkAddress('auth.tokenUrl', auth.tokenUrl, given) : []),
  ];
}

function checkNetworks({ privateNetworks = [] }: Given): string[] {
  return privateNetworks
    .filter((network) => !canBeOpened(network))
    .map(
      (network) =>
        `privateNetworks: ${network} is not within 10/8, 172.16/12, 192.168/16, 100.64/10 or fc00::/7`,
    );
}
