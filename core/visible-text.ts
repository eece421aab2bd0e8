/**
 * Control, bidirectional, zero-width and other invisible characters (variation selectors included): what could make
 * text look like another text, or hide one in it.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Text from outside as a person should see it: every invisible character becomes its code point, `⟨U+202E⟩`. */
export function visibleText(text: string, keep: 'lines' | 'nothing' = 'nothing'): string {
  return text.replace(INVISIBLE, (character) => {
    if (keep === 'lines' && character === '\n') return character;
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `⟨U+${code}⟩`;
  });
}
