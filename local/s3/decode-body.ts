import { crc32 } from 'node:zlib';
import { type AwsCall, AwsError } from '../service.ts';

/** The object's bytes: as sent, or out of aws-chunked framing; a CRC32 that comes with it must be right. */
export function decodeBody({ headers, body }: AwsCall): Buffer {
  const chunked = /aws-chunked/.test(headers['content-encoding'] ?? '');
  const { content, trailers } = chunked
    ? unchunk(body)
    : { content: body, trailers: new Map<string, string>() };
  const claimed = trailers.get('x-amz-checksum-crc32') ?? headers['x-amz-checksum-crc32'];
  const actual = Buffer.alloc(4);
  actual.writeUInt32BE(crc32(content));
  if (claimed !== undefined && claimed !== actual.toString('base64')) {
    throw new AwsError('BadDigest', 'The CRC32 you specified did not match the calculated checksum.');
  }
  return content;
}

/** `size;extensions CRLF bytes CRLF … 0 CRLF trailers`. */
function unchunk(body: Buffer): { readonly content: Buffer; readonly trailers: ReadonlyMap<string, string> } {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf('\r\n', at);
    if (end < 0) throw new AwsError('IncompleteBody', 'The chunked body ends early.');
    const size = Number.parseInt(body.subarray(at, end).toString('latin1'), 16);
    at = end + 2;
    if (size === 0) break;
    chunks.push(body.subarray(at, at + size));
    at += size + 2;
  }
  const lines = body.subarray(at).toString('latin1').split('\r\n').filter(Boolean);
  const trailers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return { content: Buffer.concat(chunks), trailers: new Map(trailers) };
}
