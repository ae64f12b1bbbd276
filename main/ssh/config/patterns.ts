/** Patterns of ssh_config(5): `*` and `?`, and comma-separated lists of them in which `!` excludes. */

/** True when the whole name fits. Takes at most (length of name × length of pattern) steps, whatever the pattern. */
export function matchPattern(pattern: string, name: string): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let starName = 0;
  while (n < name.length) {
    const c = pattern.charAt(p);
    if (p < pattern.length && c === '*') {
      star = p;
      starName = n;
      p += 1;
    } else if (p < pattern.length && (c === '?' || c === name.charAt(n))) {
      p += 1;
      n += 1;
    } else if (star >= 0) {
      starName += 1;
      n = starName;
      p = star + 1;
    } else return false;
  }
  while (pattern.charAt(p) === '*') p += 1;
  return p === pattern.length;
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
