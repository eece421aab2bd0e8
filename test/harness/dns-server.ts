import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import type { Resolve } from '../../functions/aws/egress/resolve-host.ts';

/** What a name has each time it is asked for; the last answer stays. */
export type Zone = Record<string, readonly (readonly string[])[]>;

export type DnsServer = {
  readonly resolve: Resolve;
  /** Every name that was asked for, in order. */
  readonly asked: string[];
  close(): void;
};

const A = 1;
const AAAA = 28;

/** A real DNS server on loopback, and a resolver that asks it and nobody else. */
export async function startDns(zone: Zone): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  let current: readonly string[] = [];
  socket.on('message', (query, { port, address }) => {
    const { name, type, end } = readQuestion(query);
    const fitting = current.filter((each) => each.includes(':') === (type === AAAA));
    if (type === A || type === AAAA)
      socket.send(answer(query.subarray(0, end), fitting, type), port, address);
    if (type === A) asked.push(name);
  });
  await new Promise<void>((ready) => socket.bind(0, '127.0.0.1', ready));
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  const resolve: Resolve = async (host) => {
    const answers = zone[host] ?? [];
    current = answers[Math.min(asked.filter((name) => name === host).length, answers.length - 1)] ?? [];
    const found = await Promise.all([
      resolver.resolve4(host).catch(none),
      resolver.resolve6(host).catch(none),
    ]);
    return found.flat();
  };
  return { resolve, asked, close: () => socket.close() };
}

const none = () => [];

function readQuestion(query: Buffer) {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function answer(question: Buffer, addresses: readonly string[], type: number): Buffer {
  const head = Buffer.from(question);
  head.writeUInt16BE(0x8580, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt32BE(0, 8);
  return Buffer.concat([head, ...addresses.map((address) => record(address, type))]);
}

function record(address: string, type: number): Buffer {
  const data = type === A ? Buffer.from(address.split('.').map(Number)) : v6(address);
  const head = Buffer.from([0xc0, 0x0c, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length]);
  return Buffer.concat([head, data]);
}

function v6(address: string): Buffer {
  const [head = '', tail] = address.split('::');
  const groups = (text = '') => (text === '' ? [] : text.split(':'));
  const [left, right] = [groups(head), groups(tail)];
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
