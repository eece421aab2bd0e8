import type { IncomingMessage } from 'node:http';
import { MAX_OUTPUT_BYTES } from '../connectors/connector.ts';
import type { Lost, Outgoing } from './send.ts';

/** What a system answered. `text` is missing when it can't be read whole: `unread` says why. */
export type Answered = {
  readonly kind: 'answered';
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text?: string;
  readonly unread?: 'too-large' | 'compressed';
};

/** Reads a body up to its limit. Compressed ones were not asked for, and are not unpacked. */
export async function readAnswer(
  response: IncomingMessage,
  { maxBytes = MAX_OUTPUT_BYTES, enough = () => false }: Pick<Outgoing, 'maxBytes' | 'enough'>,
): Promise<Answered | Lost> {
  const { statusCode = 0, headers } = response;
  const answered = { kind: 'answered', status: statusCode, headers } as const;
  const encoding = headers['content-encoding'] ?? 'identity';
  try {
    if (encoding !== 'identity' && encoding !== '') return { ...answered, unread: 'compressed' };
    const decoder = new TextDecoder();
    let text = '';
    let size = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) return { ...answered, unread: 'too-large' };
      const piece = decoder.decode(chunk, { stream: true });
      text += piece;
      if (enough(piece)) break;
    }
    return { ...answered, text: text + decoder.decode() };
  } catch {
    return { kind: 'lost', detail: 'the answer broke off' };
  } finally {
    response.destroy();
  }
}
