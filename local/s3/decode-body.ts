import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type AwsCall, AwsError } from '../service.ts';

/** The object's bytes: as sent, or out of aws-chunked framing; every checksum that comes with it must be right. */
export function decodeBody({ headers, body }: AwsCall): Buffer {
  const chunked = /aws-chunked/.test(headers['content-encoding'] ?? '');
  const { content, trailers } = chunked ? unchunk(body) : { content: body, trailers: [] };
  for (const [name, claimed] of [...Object.entries(headers), ...trailers]) checkSum(name, claimed, content);
  return content;
}

const CHECKSUMS: Readonly<Record<string, (content: Buffer) => string>> = {
  'content-md5': (content) => createHash('md5').update(content).digest('base64'),
  'x-amz-checksum-sha1': (content) => createHash('sha1').update(content).digest('base64'),
  'x-amz-checksum-sha256': (content) => createHash('sha256').update(content).digest('base64'),
  'x-amz-checksum-crc32': (content) => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(content));
    return sum.toString('base64');
  },
};

/** A checksum of a kind that is not computed here is refused by name. */
function checkSum(name: string, claimed: string, content: Buffer): void {
  const sumOf = CHECKSUMS[name];
  if (sumOf) {
    if (sumOf(content) === claimed) return;
    throw new AwsError('BadDigest', `The ${name} you specified did not match the calculated checksum.`);
  }
  if (!/^x-amz-checksum-(?!algorithm|type|mode)/.test(name)) return;
  throw new AwsError('NotImplemented', `s3 ${name} is not run on the laptop`, 501);
}

type Trailers = readonly (readonly [string, string])[];

/** `size;extensions CRLF bytes CRLF … 0 CRLF trailers`. */
function unchunk(body: Buffer): { readonly content: Buffer; readonly trailers: Trailers } {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf('\r\n', at);
    const size = end < 0 ? Number.NaN : Number.parseInt(body.subarray(at, end).toString('latin1'), 16);
    if (Number.isNaN(size)) throw new AwsError('IncompleteBody', 'The chunked body ends early.');
    at = end + 2;
    if (size === 0) break;
    chunks.push(body.subarray(at, at + size));
    at += size + 2;
  }
  return { content: Buffer.concat(chunks), trailers: trailersOf(body.subarray(at).toString('latin1')) };
}

function trailersOf(text: string): Trailers {
  const lines = text.split('\r\n').filter(Boolean);
  return lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
}
