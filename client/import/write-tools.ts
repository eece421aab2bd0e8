import { Document, visit } from 'yaml';
import type { Proposal } from './proposal.ts';

/** Proposals as one file of manifests, each under what its reviewer should know. */
export function toolsFile(heading: readonly string[], proposals: readonly Proposal[]): string {
  const documents = proposals.map(({ tool, notes }) => `${notes.map(comment).join('')}${yamlOf(tool)}`);
  return `${heading.map(comment).join('')}---\n${documents.join('---\n')}`;
}

/** A foreign text stays in its line. */
const comment = (text: string) =>
  `# ${unsubstituted(text.replace(/[^\P{C}\t]|[\u2028\u2029]/gu, ' ').slice(0, 300))}\n`;

/** Reading a governance file replaces `${NAME}`; a foreign text that says so must come back as it was. */
function yamlOf(value: object): string {
  const document = new Document(value, { aliasDuplicateObjects: false, keepUndefined: false });
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && node.value.includes('${')) node.type = 'QUOTE_DOUBLE';
    },
  });
  return unsubstituted(document.toString({ lineWidth: 100 }));
}

const unsubstituted = (text: string) => text.replaceAll('${', '\\x24{');
