import { toolHash, toolManifest } from '../core/governance/tool.ts';
import type { GovernanceBody } from '../core/governance/manifest.ts';

/**
 * The same body with each review naming the definition its tool has in it: the caller's word that these tools are
 * what was reviewed. A review of a tool that is not there, or does not read, stays as it is.
 */
export function confirmTools<Body extends Pick<GovernanceBody, 'manifests'>>(body: Body): Body {
  const hashes = new Map(
    body.manifests.flatMap(({ layer, document }) => {
      const read = toolManifest.safeParse(document);
      if (!read.success) return [];
      const { kind, ...tool } = read.data;
      return [[tool.name, toolHash(tool, layer)] as const];
    }),
  );
  const confirmed = (document: unknown): unknown => {
    const { kind, tool } = document as { readonly kind?: unknown; readonly tool?: unknown };
    const definition = kind === 'ToolReview' ? hashes.get(String(tool)) : undefined;
    return definition === undefined ? document : { ...(document as object), definition };
  };
  const manifests = body.manifests.map((each) => ({ ...each, document: confirmed(each.document) }));
  return { ...body, manifests };
}
