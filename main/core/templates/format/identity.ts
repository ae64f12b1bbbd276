import { isMap, isScalar, type YAMLMap } from 'yaml';
import { readYamlDocument } from './yamlDocument.ts';

/**
 * The text of a template under another id and display name, every other byte as it was. Null when the text has no `template:` map with
 * an id to change.
 */
export function withIdentity(text: string, id: string, displayName: string): string | null {
  const root = readYamlDocument(text)?.contents;
  const about = isMap(root) ? root.get('template', true) : undefined;
  if (!isMap(about)) return null;
  const idAt = placeOf(about, 'id');
  if (idAt === null) return null;
  const nameAt = placeOf(about, 'display_name');
  const title = JSON.stringify(displayName);
  const changes: [from: number, to: number, text: string][] = [[...idAt.value, JSON.stringify(id)]];
  if (nameAt !== null) changes.push([...nameAt.value, title]);
  else if (about.flow === true) changes.push([idAt.value[1], idAt.value[1], `, display_name: ${title}`]);
  // before `id`, in its column
  else
    changes.push([
      idAt.key,
      idAt.key,
      `display_name: ${title}\n${' '.repeat(idAt.key - (text.lastIndexOf('\n', idAt.key - 1) + 1))}`,
    ]);
  // from the end, so that the places before stay true
  return changes
    .sort((a, b) => b[0] - a[0])
    .reduce((now, [from, to, put]) => now.slice(0, from) + put + now.slice(to), text);
}

/** The text of a template with `is_public: true`, every other byte as it was. Null where the key is not written as a plain value. */
export function withPublic(text: string): string | null {
  const root = readYamlDocument(text)?.contents;
  const about = isMap(root) ? root.get('template', true) : undefined;
  const at = isMap(about) ? placeOf(about, 'is_public') : null;
  return at === null ? null : `${text.slice(0, at.value[0])}true${text.slice(at.value[1])}`;
}

/** Where a key begins, and where its value begins and ends. Null for what is no plain or quoted text. */
function placeOf(map: YAMLMap, key: string): { key: number; value: [number, number] } | null {
  for (const pair of map.items) {
    if (!isScalar(pair.key) || pair.key.value !== key || !isScalar(pair.value)) continue;
    const { range: keyRange } = pair.key;
    const { range, type } = pair.value;
    if (!keyRange || !range || type === 'BLOCK_FOLDED' || type === 'BLOCK_LITERAL') return null;
    return { key: keyRange[0], value: [range[0], range[1]] };
  }
  return null;
}
