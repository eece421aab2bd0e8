import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { classifyAddress, isWithin } from '../../../core/network-address.ts';
import type { NotSent } from './send.ts';

/** All addresses of a host name, as text. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** As the machine resolves names. */
export const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/** Where a request may go: public addresses, and what is opened besides. */
export type Openings = {
  /** Whether this stage reaches its own machine. */
  readonly loopback: boolean;
  /** Private networks the system opens, as CIDR. */
  readonly networks: readonly string[];
};

const HTTP_HOSTS = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * The addresses of a URL's host, every one of them allowed. One forbidden address among many refuses the host: whoever
 * answers so means no good. The caller connects to these and asks no resolver again.
 */
export async function resolveHost(
  url: URL,
  openings: Openings,
  resolve: Resolve,
): Promise<readonly string[] | NotSent> {
  const { protocol, hostname, host } = url;
  if (url.username || url.password) return refused(`${host}: an address with credentials in it`);
  const plain = protocol === 'http:';
  if (protocol !== 'https:' && !(plain && HTTP_HOSTS.includes(hostname))) {
    return refused(`${host} is not https`);
  }
  const name = hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = isIP(name) ? [name] : await resolve(name);
  if (addresses.length === 0) return { kind: 'not-sent', code: 'unreachable', detail: 'it has no address' };
  const forbidden = addresses.find((address) => !mayConnect(address, openings, plain));
  if (forbidden !== undefined)
    return refused(`${host} is at a ${classifyAddress(forbidden)} address, which is not open from here`);
  const own = addresses.filter((address) => classifyAddress(address) === 'loopback');
  return own.length === 0 || own.length === addresses.length
    ? addresses
    : refused(`${host} is at this machine and elsewhere`);
}

/** Without TLS nothing but loopback is reached. */
function mayConnect(address: string, { loopback, networks }: Openings, plain: boolean): boolean {
  const kind = classifyAddress(address);
  if (kind === 'loopback') return loopback;
  if (plain) return false;
  if (kind === 'private' || kind === 'shared') return networks.some((network) => isWithin(address, network));
  return kind === 'public';
}

const refused = (detail: string): NotSent => ({ kind: 'not-sent', code: 'host-refused', detail });
