import { toolHash, toolManifest } from '../../core/governance/tool.ts';

type Placed = { readonly layer: string; readonly document: unknown };
type Document = Readonly<Record<string, unknown>>;

/** The hash by which a review names this tool; of what is no tool, one that fits nothing. */
export function definitionOf(tool: unknown, unit: string): string {
  const read = toolManifest.safeParse(tool);
  if (!read.success) return '0'.repeat(64);
  const { kind, ...manifest } = read.data;
  return toolHash(manifest, unit);
}

/** The same manifests with each review that names no definition as of the tool there is. */
export function pinned<T extends Placed>(manifests: readonly T[]): T[] {
  const tools = new Map(
    manifests.flatMap(({ layer, document }) => {
      const { kind, name } = document as Document;
      return kind === 'Tool' ? [[name, { layer, document }] as const] : [];
    }),
  );
  return manifests.map((each) => {
    const { kind, tool, definition } = each.document as Document;
    if (kind !== 'ToolReview' || definition !== undefined) return each;
    const of = tools.get(tool);
    return {
      ...each,
      document: { ...(each.document as Document), definition: definitionOf(of?.document, of?.layer ?? '') },
    };
  });
}
