/** Patterns of OpenSSH: `*` and `?`, and comma-separated lists of them in which `!` excludes. Source: ssh_config(5), PATTERNS; match_pattern_list() of match.c. */
import { matchWildcards } from '../../../shared/lib/wildcards.ts';

/** True when the whole name fits; upper and lower case count. */
export function matchPattern(pattern: string, name: string): boolean {
  const isStar = (part: number): boolean => pattern.charAt(part) === '*';
  return matchWildcards(
    {
      length: pattern.length,
      isStar,
      fits: (part, at) => pattern.charAt(part) === '?' || pattern.charAt(part) === name.charAt(at),
    },
    name.length,
  );
}

/** True when a pattern of the list fits and none with `!` does. */
export function matchPatternList(list: string, name: string): boolean {
  let found = false;
  for (const entry of list.split(',')) {
    const negated = entry.startsWith('!');
    if (!matchPattern(negated ? entry.slice(1) : entry, name)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

/** The same for host names, which do not tell capitals from small letters. */
export function matchHostList(list: string, host: string): boolean {
  return matchPatternList(list.toLowerCase(), host.toLowerCase());
}
