/** Every reading of a text that still holds the secret: as it is, unescaped, decoded, and what stands in its base64. */
export function tracesOf(secret: string, text: string): string[] {
  return [...readings(text)].filter((reading) => reading.includes(secret));
}

/** A text and all it can be decoded to, two steps deep; made by other means than the mask's. */
function readings(text: string): Set<string> {
  const found = new Set([text]);
  for (let step = 0; step < 2; step += 1) {
    for (const reading of [...found]) for (const next of decodings(reading)) found.add(next);
  }
  return found;
}

function decodings(text: string): string[] {
  const words = text.match(/[\w+/-]{8,}/g) ?? [];
  return [
    tried(() => decodeURIComponent(text)),
    tried(() => decodeURIComponent(text.replaceAll('+', ' '))),
    text.replace(/\\u([0-9a-fA-F]{4})|\\(["\\/])/g, (_, code?: string, plain?: string) =>
      code === undefined ? (plain ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
    ),
    text.replace(/&#(\d+);|&(quot|amp|lt|gt);/g, (_, code?: string, name = '') =>
      code === undefined
        ? ({ quot: '"', amp: '&', lt: '<', gt: '>' }[name as 'quot'] ?? '')
        : String.fromCharCode(Number(code)),
    ),
    ...words.flatMap((word) =>
      [0, 1, 2, 3].map((cut) => Buffer.from(word.slice(cut), 'base64').toString('utf8')),
    ),
    ...words.map((word) => Buffer.from(word, 'hex').toString('utf8')),
  ];
}

function tried(decode: () => string): string {
  try {
    return decode();
  } catch {
    return '';
  }
}
