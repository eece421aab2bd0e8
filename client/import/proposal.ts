import type * as z from 'zod';
import type { ToolManifest, toolManifest } from '../../core/governance/tool.ts';

/** What can't be a tool as it is described; the message says why. */
export class NoToolError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NoToolError';
  }
}

/** A manifest as it is written, before defaults. */
export type ToolDocument = Pick<ToolManifest, 'name' | 'title' | 'system' | 'effect' | 'groups' | 'input'> & {
  readonly kind: 'Tool';
  readonly description?: string;
  readonly connector: z.input<typeof toolManifest>['connector'];
  readonly output?: Readonly<Record<string, unknown>>;
  readonly upstream?: NonNullable<ToolManifest['upstream']>;
};

/** A tool as it is proposed, and what whoever reviews it should know. */
export type Proposal = {
  /** What it is called where it comes from. */
  readonly operation: string;
  readonly tool: ToolDocument;
  readonly notes: readonly string[];
};

export type Refused = { readonly operation: string; readonly reason: string };

/** What came of an import: tools, and by name what is none. */
export type Imported = { readonly proposals: readonly Proposal[]; readonly refused: readonly Refused[] };

/** How imported tools are called and whose they are. */
export type Naming = {
  readonly system: string;
  readonly prefix: string;
  /** Where the definition is published; without it nothing is pinned. */
  readonly url?: string | undefined;
};

/** Makes a proposal of each operation; what can't be one is refused by its name and the rest goes on. */
export function proposeEach<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  propose: (item: T) => Proposal,
): Imported {
  const proposals: Proposal[] = [];
  const refused: Refused[] = [];
  for (const item of items) {
    const operation = nameOf(item);
    try {
      proposals.push(propose(item));
    } catch (error) {
      if (!(error instanceof NoToolError)) throw error;
      refused.push({ operation, reason: error.message });
    }
  }
  return { proposals, refused };
}

/** A name a tool may have, from what others call it: `GET /users/{id}` becomes `get_users_id`. */
export function wordsOf(text: string): string {
  const words = text.replace(/[^A-Za-z0-9_.-]+/g, '_').replace(/\.{2,}/g, '.');
  return words.replace(/^[_.-]+|[_.]+$/g, '').slice(0, 100);
}

/** A foreign text of at most so many characters, without what steers a terminal. */
export function textOf(text: unknown, most: number): string {
  if (typeof text !== 'string') return '';
  const plain = text.replace(/[^\P{C}\n\t]/gu, '').trim();
  return plain.length > most ? `${plain.slice(0, most - 1)}…` : plain;
}

/** The first line of a foreign text. */
export const lineOf = (text: unknown, most: number): string =>
  textOf(text, 10_000).split('\n')[0]?.slice(0, most) ?? '';
