/** Takes pieces of an event stream (`text/event-stream`) and gives the data of each event that is whole. */
export function createEventReader(): (piece: string) => string[] {
  let rest = '';
  return (piece) => {
    rest += piece;
    if (!/[\r\n]/.test(piece)) return [];
    const events = rest.split(/\r\n\r\n|\n\n|\r\r/);
    rest = events.pop() ?? '';
    return events.map(dataOf).filter((data) => data !== '');
  };
}

function dataOf(event: string): string {
  const lines = event.split(/\r\n|\n|\r/).filter((line) => line.startsWith('data:'));
  return lines.map((line) => line.slice(5).replace(/^ /, '')).join('\n');
}
