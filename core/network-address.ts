import * as z from 'zod';

/**
 * What kind of place an IP address is. Only `public` ones are everyone's; `private` and `shared` ones may be opened by
 * name, `loopback` by a stage, all the others never.
 */
export type AddressClass =
  | 'public'
  | 'private'
  | 'shared'
  | 'loopback'
  | 'link-local'
  | 'metadata'
  | 'unspecified'
  | 'broadcast'
  | 'multicast'
  | 'documentation'
  | 'embedded'
  | 'reserved';

/** From the IANA registries of special-purpose addresses; the first row that holds an address names it. */
const classes: readonly (readonly [AddressClass, ...string[]])[] = [
  ['metadata', '169.254.169.254/32', '169.254.170.2/32', '169.254.170.23/32', '100.100.100.200/32'],
  ['metadata', '168.63.129.16/32', '192.0.0.192/32', 'fd00:ec2::/32', 'fd20:ce::254/128'],
  ['loopback', '127.0.0.0/8', '::1/128'],
  ['link-local', '169.254.0.0/16', 'fe80::/10'],
  ['unspecified', '0.0.0.0/8', '::/128'],
  ['private', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
  ['shared', '100.64.0.0/10'],
  ['broadcast', '255.255.255.255/32'],
  ['multicast', '224.0.0.0/4', 'ff00::/8'],
  ['documentation', '192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20'],
  // An IPv4 address in IPv6 clothes: compatible, mapped, translated, NAT64, 6to4, Teredo.
  ['embedded', '::/96', '::ffff:0:0/96', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48'],
  ['embedded', '2002::/16', '2001::/32'],
  ['reserved', '192.0.0.0/24', '192.88.99.0/24', '198.18.0.0/15', '240.0.0.0/4', '2001::/23'],
];

/** What kind of place an address is; whatever is no address, or in no row of a registry, is `reserved`. */
export function classifyAddress(address: string): AddressClass {
  const read = readAddress(address);
  if (!read) return 'reserved';
  const row = rows.find(({ network }) => holds(network, read));
  return row?.kind ?? (read.width === 128 && !holds(given, read) ? 'reserved' : 'public');
}

/** Whether an address, or a whole network given as CIDR, lies in the network `cidr`. */
export function isWithin(place: string, cidr: string): boolean {
  const [inner, outer] = [readNetwork(place), readNetwork(cidr)];
  return inner !== undefined && outer !== undefined && inner.prefix >= outer.prefix && holds(outer, inner);
}

/** Whether a system may open a network: a wholly private or shared one. */
export const canBeOpened = (cidr: string): boolean =>
  classes.some(
    ([kind, ...networks]) =>
      (kind === 'private' || kind === 'shared') && networks.some((network) => isWithin(cidr, network)),
  );

type Address = { readonly width: 32 | 128; readonly bits: bigint };
type Network = Address & { readonly prefix: number };

const holds = ({ width, bits, prefix }: Network, address: Address): boolean => {
  const rest = BigInt(width - prefix);
  return address.width === width && address.bits >> rest === bits >> rest;
};

function readNetwork(cidr: string): Network | undefined {
  const [address = '', length] = cidr.split('/');
  const read = readAddress(address);
  return read && { ...read, prefix: Number(length ?? read.width) };
}

const [v4, v6] = [z.ipv4(), z.ipv6()];

/** An address as bits; the zone of a link-local one says nothing of where it is. */
function readAddress(text: string): Address | undefined {
  const address = text.replace(/%.*$/, '');
  if (v4.safeParse(address).success) return { width: 32, bits: v4Bits(address) };
  return v6.safeParse(address).success ? { width: 128, bits: v6Bits(address) } : undefined;
}

const v4Bits = (address: string) =>
  address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(Number(part)), 0n);

function v6Bits(address: string): bigint {
  const dotted = /[\d.]+$/.exec(address)?.[0] ?? '';
  const tail = dotted.includes('.') ? v4Bits(dotted) : undefined;
  const plain =
    tail === undefined
      ? address
      : `${address.slice(0, -dotted.length)}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`;
  const [left = '', right] = plain.split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const [head, end] = [groups(left), groups(right)];
  const gap = Array.from({ length: 8 - head.length - end.length }, () => '0');
  return [...head, ...gap, ...end].reduce((bits, part) => (bits << 16n) | BigInt(`0x${part}`), 0n);
}

const rows = classes.flatMap(([kind, ...networks]) =>
  networks.flatMap((cidr) => {
    const network = readNetwork(cidr);
    return network ? [{ kind, network }] : [];
  }),
);
/** What is given out of IPv6 at all. */
const given: Network = { width: 128, bits: v6Bits('2000::'), prefix: 3 };
