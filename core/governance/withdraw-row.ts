import type { Key } from '../row.ts';
import { COE } from './manifest.ts';
import { ownFields, type Wanted } from './plan-rows.ts';

type Stored = Readonly<Record<string, unknown>>;
type Noun = Wanted['noun'];

/** How each noun leaves use; its row and history stay. */
const ends: Readonly<Record<Noun, Readonly<Record<string, unknown>>>> = {
  agent: { stage: 'retired' },
  person: { status: 'left' },
  group: { withdrawn: true },
  workflow: { withdrawn: true },
  unit: { withdrawn: true },
  administrators: { withdrawn: true },
  council: { withdrawn: true },
};

/** Whether a row has left use. */
export function isGone(noun: Noun, row: Stored): boolean {
  return Object.entries(ends[noun]).every(([field, end]) => row[field] === end);
}

/** The row as it is to be once nothing asks for it any more. */
export function withdrawal(noun: Noun, key: Key, stored: Stored): Wanted {
  const kept = Object.entries(stored).filter(
    ([field]) => !ownFields.includes(field) || field.startsWith('list'),
  );
  const content = { ...Object.fromEntries(kept), ...ends[noun] };
  const id = String(stored['id']);
  return {
    noun,
    id,
    key,
    content,
    unit: unitOf(noun, stored),
    place: { file: '', line: 1 },
    withdrawn: true,
  };
}

/** A unit's own row speaks for it. */
function unitOf(noun: Noun, stored: Stored): string {
  if (noun === 'unit') return String(stored['id']);
  return typeof stored['unit'] === 'string' ? stored['unit'] : COE;
}
