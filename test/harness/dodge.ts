import { type Document, type Folder, rogue } from './guarded-company.ts';

/** What the rogue's folder holds beside or instead of what the centre reviewed. */
export type Dodge = {
  readonly documents?: readonly unknown[];
  readonly policies?: readonly string[];
  /** Fields of its own manifests, by kind and name. */
  readonly instead?: Readonly<Record<string, object>>;
};

const nameOf = ({ kind, id, name }: Document) => `${String(kind)} ${String(id ?? name)}`;

/** The rogue's folder with these dodges in it. */
export function rogueWith(dodges: readonly Dodge[]): Folder {
  const changed = (document: Document): Document =>
    dodges.reduce<Document>(
      (sofar, { instead = {} }) => ({ ...sofar, ...instead[nameOf(document)] }),
      document,
    );
  const own = rogue.documents.map((each) => changed(each as Document));
  return {
    documents: [...own, ...dodges.flatMap(({ documents = [] }) => documents)],
    policies: [...rogue.policies, ...dodges.flatMap(({ policies = [] }) => policies)],
  };
}

/** What a unit tries, and its fate: `confined` when it is accepted and gains nothing, or a word of the refusal. */
export type Try = readonly [what: string, dodge: Dodge, fate: string];
