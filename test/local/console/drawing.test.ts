import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineChart } from '../../../local/console/dashboard/line-chart.ts';
import { renderMarkdown } from '../../../local/console/dashboard/markdown.ts';
import { inPeriods, rangeOf } from '../../../local/console/dashboard/range.ts';
import { scaleOf } from '../../../local/console/dashboard/scale.ts';

const minute = 60_000;
const hour = 60 * minute;
const now = Date.UTC(2026, 10, 24, 9, 30, 0);

describe('the period of a chart’s points', () => {
  it.each<[string, number, number]>([
    ['a minute', minute, 5000],
    ['ten minutes', 10 * minute, 5000],
    ['an hour', hour, minute],
    ['two hours', 2 * hour, 5 * minute],
    ['a day', 24 * hour, 15 * minute],
    ['a month', 30 * 24 * hour, 6 * hour],
    ['three years', 3 * 365 * 24 * hour, 24 * hour],
  ])('over %s, for a dashboard of five minutes', (_, length, expected) => {
    expect(inPeriods({ from: now, until: now + length }, 5 * minute).periodMs).toBe(expected);
  });

  it('cuts the range into whole periods that hold all of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 10 }), fc.nat(hour), (length, offset) => {
        const asked = { from: now + offset, until: now + offset + length };
        const { from, until, periodMs } = inPeriods(asked, 5 * minute);
        expect([from % periodMs, until % periodMs]).toEqual([0, 0]);
        expect(from <= asked.from && until >= asked.until).toBe(true);
        expect((until - from) / periodMs).toBeLessThanOrEqual(122);
      }),
    );
  });
});

describe('the range of a dashboard', () => {
  const recorded = { first: now - 90_000, last: now - 5000 };

  it.each<[string | undefined, typeof recorded | undefined, number, number]>([
    [undefined, recorded, recorded.first, recorded.last + 1],
    ['all', recorded, recorded.first, recorded.last + 1],
    ['nonsense', recorded, recorded.first, recorded.last + 1],
    ['all', { first: now, last: now }, now, now + minute],
    ['all', undefined, now - 10 * minute, now + 1],
    ['1h', recorded, now + 1 - hour, now + 1],
  ])('%s of %j', (name, span, from, until) => {
    expect(rangeOf(name, span, now)).toMatchObject({ from, until });
  });
});

describe('a value axis', () => {
  it.each<[number[], number[]]>([
    [[], [0, 1]],
    [
      [0, 0],
      [0, 1],
    ],
    [[1], [0, 1]],
    [
      [1, 3],
      [0, 1, 2, 3],
    ],
    [[7], [0, 2, 4, 6, 8]],
    [[0.3], [0, 0.1, 0.2, 0.3]],
    [[90.5], [0, 25, 50, 75, 100]],
    [
      [-30, 60.5],
      [-50, -25, 0, 25, 50, 75],
    ],
    [[-2], [-2, -1, 0]],
    [[12_345], [0, 5000, 10_000, 15_000]],
  ])('for %j has the ticks %j', (values, ticks) => {
    expect(scaleOf(values).ticks).toEqual(ticks);
  });

  it('holds every value between few, evenly spaced ticks', () => {
    const values = fc.array(
      fc.double({ min: -1e9, max: 1e9, noNaN: true }).filter((v) => Math.abs(v) > 1e-9 || v === 0),
    );
    fc.assert(
      fc.property(values, (given) => {
        const { low, high, ticks } = scaleOf(given);
        expect(high).toBeGreaterThan(low);
        expect(ticks.length).toBeGreaterThan(1);
        expect(ticks.length).toBeLessThan(8);
        for (const value of given) expect(value >= low - 1e-6 && value <= high + 1e-6).toBe(true);
      }),
    );
  });
});

describe('a line', () => {
  it('goes from the middle of a period to the middle of the next, higher for more', () => {
    const range = { from: 0, until: 40, periodMs: 10 };
    const points = [0, 10, 30].map((at, index) => ({ at, value: index * 2 }));
    const { markup } = lineChart({ series: [{ label: 'x', points, whole: 6 }], range, summary: 'y' });
    expect(markup).toContain('d="M125.0 300.0L375.0 150.0L875.0 0.0"');
    expect(markup).toContain('aria-label="y"');
  });
});

describe('markdown', () => {
  const render = (source: string) =>
    renderMarkdown(source)
      .map(({ markup }) => markup.replaceAll(/\s*\n\s*/g, ''))
      .join('');

  it.each([
    ['# A\n## B\n### C', '<h2>A</h2><h2>B</h2><h3>C</h3>'],
    ['one\ntwo\n\nthree', '<p>one two</p><p>three</p>'],
    ['- a\n- b\n* c', '<ul><li>a</li><li>b</li><li>c</li></ul>'],
    ['- a\n  goes on\n- b', '<ul><li>a goes on</li><li>b</li></ul>'],
    ['1. a\n2. b\n\n- c', '<ol><li>a</li><li>b</li></ol><ul><li>c</li></ul>'],
    ['text\n- a', '<p>text</p><ul><li>a</li></ul>'],
    ['## A\ntext', '<h2>A</h2><p>text</p>'],
    ['**a** b **c**', '<p><strong>a</strong> b <strong>c</strong></p>'],
    ['2 ** 3 * 4', '<p>2 ** 3 * 4</p>'],
    ['<b>[x](javascript:y)</b>', '<p>&lt;b&gt;[x](javascript:y)&lt;/b&gt;</p>'],
    ['\n\n', ''],
  ])('%j', (source, expected) => {
    expect(render(source)).toBe(expected);
  });
});
