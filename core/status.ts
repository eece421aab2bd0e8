/** Which status may follow which: `status → allowed next statuses`. A status with none is terminal. */
export type StatusTable<S extends string> = Readonly<Record<S, readonly S[]>>;

/** The statuses that may precede `next`: exactly what a commit's condition admits. */
export function priorsOf<S extends string>(table: StatusTable<S>, next: S): readonly S[] {
  return statusesOf(table).filter((status) => table[status].includes(next));
}

export function isTerminal<S extends string>(table: StatusTable<S>, status: S): boolean {
  return table[status].length === 0;
}

export function statusesOf<S extends string>(table: StatusTable<S>): readonly S[] {
  return Object.keys(table) as S[];
}
