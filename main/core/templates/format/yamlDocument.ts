/** A YAML text in the library's own form, for what must keep its comments and layout. */
import { parseDocument, type Document } from 'yaml';
import { readYamlTree, YAML_OPTIONS } from '../../text/yamlTree.ts';

/**
 * Null for a text that `readYamlTree` has a fault in, so that the library is never given what it takes long for, or what its recursion
 * is too deep for. Ranges are offsets in `text`.
 */
export function readYamlDocument(text: string): Document.Parsed | null {
  if (readYamlTree(text).tree === null) return null;
  return parseBounded(text);
}

/** The same for a text that `readYamlTree` was just given and found no fault in. */
export function parseBounded(text: string): Document.Parsed {
  return parseDocument(text, { ...YAML_OPTIONS, keepSourceTokens: true });
}
