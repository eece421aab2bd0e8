import fc from 'fast-check';
import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type AddressClass, canBeOpened, classifyAddress, isWithin } from '../../core/network-address.ts';

const known: Readonly<Record<AddressClass, readonly string[]>> = {
  public: [
    '8.8.8.8',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '2606:4700::1',
    '2a00::1',
  ],
  private: [
    '10.0.0.1',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    'fc00::1',
    'fd12:3456::1',
  ],
  shared: ['100.64.0.1', '100.127.255.255'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1'],
  'link-local': ['169.254.0.1', '169.254.169.253', 'fe80::1', 'febf::1', 'fe80::1%eth0'],
  metadata: [
    '169.254.169.254',
    '169.254.170.2',
    '169.254.170.23',
    'fd00:ec2::254',
    'fd00:ec2::23',
    '100.100.100.200',
  ],
  unspecified: ['0.0.0.0', '0.1.2.3', '::', '0::0'],
  broadcast: ['255.255.255.255'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1'],
  documentation: ['192.0.2.1', '198.51.100.7', '203.0.113.9', '2001:db8::1', '3fff::1'],
  embedded: [
    '::ffff:169.254.169.254',
    '::ffff:8.8.8.8',
    '::ffff:a9fe:a9fe',
    '::169.254.169.254',
    '::7f00:1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::169.254.169.254',
    '64:ff9b::8.8.8.8',
    '64:ff9b:1::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  ],
  reserved: [
    '192.0.0.1',
    '192.88.99.1',
    '198.18.0.1',
    '240.0.0.1',
    '254.1.1.1',
    '100::1',
    '2001:2::1',
    'fec0::1',
    '5f00::1',
  ],
};
const listed = Object.entries(known).flatMap(([kind, addresses]) =>
  addresses.map((each) => [each, kind] as const),
);

describe('an address', () => {
  it.each(listed)('%s is %s', (address, kind) => {
    expect(classifyAddress(address)).toBe(kind);
  });

  it.each(['', 'localhost', '127.1', '0x7f.0.0.1', '2130706433', '1.2.3.4.5', '[::1]'])(
    'that is none, %j, is never public',
    (text) => {
      expect(classifyAddress(text)).toBe('reserved');
    },
  );

  it('is what the platform takes for one, and nothing else', () => {
    const texts = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.ipV4Extended(),
      fc.string({ unit: fc.constantFrom(...'0123456789abcdef.:'), maxLength: 20 }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(isWithin(text, text.includes(':') ? '::/0' : '0.0.0.0/0')).toBe(isIP(text) !== 0);
      }),
    );
  });

  it('of IPv6 is public only where addresses are given out', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const kind = classifyAddress(address);
        expect(kind === 'public' && !isWithin(address, '2000::/3')).toBe(false);
      }),
    );
  });

  it('lies in a network exactly when its first bits are the network’s', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(0xffffffff), fc.nat(32), (one, other, length) => {
        const same = length === 0 || one >>> (32 - length) === other >>> (32 - length);
        expect(isWithin(dotted(one), `${dotted(other)}/${length}`)).toBe(same);
      }),
    );
  });
});

const dotted = (bits: number) => [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');

describe('a network a system may open', () => {
  it.each(['10.1.0.0/16', '172.16.0.0/12', '192.168.7.0/24', '100.64.0.0/10', 'fd12::/16'])(
    'is %s',
    (cidr) => {
      expect(canBeOpened(cidr)).toBe(true);
    },
  );

  it.each([
    '0.0.0.0/0',
    '10.0.0.0/7',
    '8.8.8.0/24',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '::/0',
    'fe80::/10',
    '172.0.0.0/8',
  ])('is never %s', (cidr) => {
    expect(canBeOpened(cidr)).toBe(false);
  });
});
