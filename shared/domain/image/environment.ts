import type { ImageMetadata } from './metadata.ts';

/** Characters of one line that is looked at: variables that matter here are short. */
const LONGEST_LINE = 8192;
const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]{0,254})=(.*)$/;

/**
 * The assignments in a file of the environment whose values are plain: `export NAME=value`, quoted or not, and the form that is written for OCI images,
 * `export NAME="${NAME:-"value"}"`. A value that the shell would have to expand is left out: it is not known before the job runs.
 */
export function assignmentsOf(text: string): [name: string, value: string][] {
  const found: [string, string][] = [];
  for (const line of text.split('\n')) {
    const match = line.length > LONGEST_LINE ? null : ASSIGNMENT.exec(line.replace(/\r$/, ''));
    const name = match?.[1];
    if (name === undefined || name === '__proto__') continue;
    const value = plainValue(name, (match?.[2] ?? '').trim());
    if (value !== null) found.push([name, value]);
  }
  return found;
}

function plainValue(name: string, written: string): string | null {
  const fallback = `"\${${name}:-`;
  if (written.startsWith(fallback) && written.endsWith('}"'))
    return plainValue(name, written.slice(fallback.length, -2));
  const single = /^'([^']*)'$/.exec(written);
  if (single) return single[1] ?? null;
  const inner = /^"((?:[^"\\]|\\.)*)"$/.exec(written)?.[1] ?? (/^[^\s"'\\;&|<>()]*$/.test(written) ? written : null);
  if (inner === null || /(?<!\\)[$`]/.test(inner)) return null;
  return inner.replaceAll(/\\(["$`\\])/g, '$1');
}

/** The environment that the image sets, as far as it is plain: that of its OCI configuration, and the files over it, the last one counting. */
export function environmentOf(image: Pick<ImageMetadata, 'environment' | 'oci'>): ReadonlyMap<string, string> {
  const ofOci = (image.oci?.env ?? []).flatMap((each): [string, string][] => {
    const equals = each.indexOf('=');
    return equals > 0 ? [[each.slice(0, equals), each.slice(equals + 1)]] : [];
  });
  return new Map([...ofOci, ...image.environment.flatMap(({ content }) => assignmentsOf(content.text))]);
}
