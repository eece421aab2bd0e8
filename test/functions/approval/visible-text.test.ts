import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../core/visible-text.ts';

describe('text from outside', () => {
  it.each([
    ['a right-to-left override', 'invoice\u202Efdp.exe', 'invoice⟨U+202E⟩fdp.exe'],
    ['isolates', 'a\u2066b\u2069c', 'a⟨U+2066⟩b⟨U+2069⟩c'],
    ['a zero-width space', 'pay\u200Bpal', 'pay⟨U+200B⟩pal'],
    ['a byte order mark', '\uFEFFx', '⟨U+FEFF⟩x'],
    ['tag characters', 'x\u{E0041}', 'x⟨U+E0041⟩'],
    ['variation selectors', 'x\uFE0F\u{E0100}', 'x⟨U+FE0F⟩⟨U+E0100⟩'],
    ['a combining grapheme joiner', 'x\u034F', 'x⟨U+034F⟩'],
    ['fillers that look like nothing', '\u115F\u3164\uFFA0\u2800', '⟨U+115F⟩⟨U+3164⟩⟨U+FFA0⟩⟨U+2800⟩'],
    ['a lone surrogate', 'x\uD800', 'x⟨U+D800⟩'],
    ['a soft hyphen', 'pay\u00ADpal', 'pay⟨U+00AD⟩pal'],
    ['line separators', 'a\u2028b\u2029c', 'a⟨U+2028⟩b⟨U+2029⟩c'],
    ['control characters', 'a\u0000b\u007F\t', 'a⟨U+0000⟩b⟨U+007F⟩⟨U+0009⟩'],
  ])('shows %s by its code point', (_, text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it('leaves what people read as it is, in any script', () => {
    for (const text of ['Chairs, 12 × 30.50 €', 'Müller', 'שלום', 'مرحبا', '北京', 'Ça va?', '😀']) {
      expect(visibleText(text)).toBe(text);
    }
  });

  it('keeps line breaks only where it is asked to', () => {
    expect(visibleText('a\nb', 'lines')).toBe('a\nb');
    expect(visibleText('a\nb')).toBe('a⟨U+000A⟩b');
    expect(visibleText('a\r\nb', 'lines')).toBe('a⟨U+000D⟩\nb');
  });

  it('never lets an invisible character through, and is the same when shown twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = visibleText(text);
        expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
        expect(visibleText(shown)).toBe(shown);
      }),
    );
  });
});
