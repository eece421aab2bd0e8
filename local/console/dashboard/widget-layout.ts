import type { Widget } from './read-dashboards.ts';

/** Each widget's place on CloudWatch's grid of 24 columns, as a style for wide screens; heights shrink to what is in them. */
export function layoutOf(widgets: readonly Widget[]): string {
  const edges = [...new Set(widgets.flatMap(({ y, height }) => [y, y + height]))].sort((a, b) => a - b);
  const row = (edge: number): number => edges.indexOf(edge) + 1;
  const places = widgets.map(({ x, y, width, height }, index) => {
    const columns = `${x + 1}/span ${Math.min(width, 24 - x)}`;
    return `#w${index}{grid-row:${row(y)}/${row(y + height)};grid-column:${columns}}`;
  });
  return `@media (min-width:64rem){${places.join('')}}`;
}
