import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEmf } from '../../../local/cloudwatch/emf.ts';

const at = 1_795_500_000_000;
const emf = (directive: object, root: object = {}) =>
  JSON.stringify({ _aws: { Timestamp: at, CloudWatchMetrics: [directive] }, ...root });

const directive = {
  Namespace: 'AutonomyOS',
  Dimensions: [['stage', 'unit']],
  Metrics: [{ Name: 'NetValueUsd', Unit: 'None' }],
};
const root = { stage: 'dev', unit: 'operations', NetValueUsd: 12.5 };
const point = {
  namespace: 'AutonomyOS',
  name: 'NetValueUsd',
  unit: 'None',
  dimensions: { stage: 'dev', unit: 'operations' },
  at,
  value: 12.5,
};

describe('an embedded metric', () => {
  it('gives its datapoint with its own time, unit and dimensions', () => {
    expect(readEmf(emf(directive, root))).toEqual([point]);
  });

  it('gives one datapoint for each dimension set and for each value of a list', () => {
    const several = { ...directive, Dimensions: [['stage'], []] };
    const points = readEmf(emf(several, { ...root, NetValueUsd: [1, 2] }));
    expect(points.map(({ dimensions, value }) => [dimensions, value])).toEqual([
      [{ stage: 'dev' }, 1],
      [{}, 1],
      [{ stage: 'dev' }, 2],
      [{}, 2],
    ]);
  });

  it.each<[string, string]>([
    ['a line of text', 'hello'],
    ['a log line in JSON', '{"level":"INFO","message":"hello"}'],
    ['a log line that talks about it', '{"message":"\\"CloudWatchMetrics\\""}'],
    ['half a line', emf(directive, root).slice(0, -5)],
    ['a line with something before it', ` ${emf(directive, root)}`],
    ['no time', JSON.stringify({ _aws: { CloudWatchMetrics: [directive] }, ...root })],
    [
      'directives that are no list',
      JSON.stringify({ _aws: { Timestamp: at, CloudWatchMetrics: directive } }),
    ],
    ['no dimensions', emf({ ...directive, Dimensions: undefined }, root)],
    ['a dimension the line does not hold', emf({ ...directive, Dimensions: [['stage', 'workflow']] }, root)],
    ['a dimension that is no text', emf(directive, { ...root, unit: 7 })],
    ['a value the line does not hold', emf(directive, { ...root, NetValueUsd: undefined })],
    ['a value that is text', emf(directive, { ...root, NetValueUsd: '12.5' })],
    ['a value beyond all numbers', emf(directive, root).replace('12.5', '1e999')],
    ['a value named like a method', emf({ ...directive, Metrics: [{ Name: 'toString' }] }, root)],
    ['a dimension named like the prototype', emf({ ...directive, Dimensions: [['__proto__']] }, root)],
  ])('is not read from %s', (_, line) => {
    expect(readEmf(line)).toEqual([]);
  });

  it('never throws, whatever the line holds', () => {
    const noise = fc.jsonValue({ maxDepth: 3 });
    const nearly = fc
      .record({ Namespace: noise, Dimensions: noise, Metrics: noise, more: noise })
      .map(({ more, ...odd }) => emf(odd, { more }));
    fc.assert(
      fc.property(fc.oneof(fc.string(), nearly), (line) => {
        readEmf(line);
      }),
    );
  });
});
