/** Control, bidirectional, zero-width and other invisible characters: what could make text look like another text. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\u115f\u1160\u3164\uffa0\u2800]/gu;

/** Text from outside as a person should see it: every invisible character becomes its code point, `⟨U+202E⟩`. */
export function visibleText(text: string, keep: 'lines' | 'nothing' = 'nothing'): string {
  return text.replace(INVISIBLE, (character) => {
    if (keep === 'lines' && character === '\n') return character;
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `⟨U+${code}⟩`;
  });
}
