import { describe, expect, it } from 'vitest';
import { readDashboards } from '../../../local/console/dashboard/read-dashboards.ts';
import { resource } from './open-console.ts';

const dashboard = (...widgets: object[]) =>
  resource('AWS::CloudWatch::Dashboard', 'Odd00000000', {
    properties: { DashboardBody: JSON.stringify({ widgets }) },
  });
const place = { x: 0, y: 0, width: 6, height: 6 };
const metricWidget = (properties: object) => ({
  type: 'metric',
  ...place,
  properties: { view: 'timeSeries', title: 'Odd', region: 'us-east-1', ...properties },
});

const SEARCHED = `SEARCH('{A,b} MetricName="B"', 'Sum')`;

describe('a dashboard', () => {
  it.each([
    ['a widget', { type: 'alarm', ...place, properties: { title: 'x', alarms: [] } }, /widgets\.0\.type/],
    ['a view', metricWidget({ view: 'pie', metrics: [['A', 'B']] }), /properties\.view/],
    ['a statistic', metricWidget({ metrics: [['A', 'B', { stat: 'tm99' }]] }), /this statistic/],
    ['metric math', metricWidget({ metrics: [[{ expression: 'm1+m2' }]] }), /SEARCH of one metric/],
    [
      'a loose search',
      metricWidget({ metrics: [[{ expression: "SEARCH('{A,b} B', 'Sum')" }]] }),
      /SEARCH of one/,
    ],
    [
      'a statistic in a search',
      metricWidget({ metrics: [[{ expression: SEARCHED.replace('Sum', 'IQM') }]] }),
      /SEARCH/,
    ],
    [
      'a lively label',
      metricWidget({ metrics: [['A', 'B', { label: '${MAX}' }]] }),
      /only dimensions in labels/,
    ],
    [
      'a shorthand',
      metricWidget({
        metrics: [
          ['A', 'B'],
          ['.', 'C'],
        ],
      }),
      /spelled out/,
    ],
    ['half a dimension', metricWidget({ metrics: [['A', 'B', 'unit']] }), /spelled out/],
    ['a second axis', metricWidget({ metrics: [['A', 'B', { yAxis: 'right' }]] }), /yAxis/],
    ['a setting', metricWidget({ stacked: true, metrics: [['A', 'B']] }), /stacked/],
  ])('with %s that is not drawn is refused by name', (_, widget, message) => {
    expect(() => readDashboards([dashboard(widget)])).toThrow(message);
    expect(() => readDashboards([dashboard(widget)])).toThrow('Test/Odd00000000');
  });

  it('is named as people read its logical id, and told from one of that name', () => {
    const [first, second] = readDashboards([dashboard(), { ...dashboard(), ref: 'Other-Odd00000000' }]);
    expect(first).toMatchObject({ title: 'Odd', slug: 'Test-Odd00000000' });
    expect(second).toMatchObject({ title: 'Odd', slug: 'Other-Odd00000000' });
    expect(readDashboards([dashboard()])).toMatchObject([{ name: 'Test-Odd00000000', slug: 'odd' }]);
  });
});
