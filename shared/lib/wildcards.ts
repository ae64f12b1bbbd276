/** The one matcher of patterns with `*`: file names, hosts and principals are matched by it, whatever else their patterns know. */

/** A pattern in parts, of which some are `*`. */
export interface Wildcards {
  /** How many parts it has. */
  readonly length: number;
  isStar(part: number): boolean;
  /** Whether a part that is no star fits this character of the name. */
  fits(part: number, character: number): boolean;
}

/**
 * True when the whole name of `characters` fits. Greedy with one point of return, the last star: what an earlier one took need never
 * be changed. At most (length of name)² + (length of pattern) steps, whatever the pattern, since between two stars no more parts can
 * fit than the name has characters.
 */
export function matchWildcards(pattern: Wildcards, characters: number): boolean {
  let part = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < characters) {
    if (part < pattern.length && pattern.isStar(part)) {
      star = part;
      starAt = at;
      part += 1;
    } else if (part < pattern.length && pattern.fits(part, at)) {
      part += 1;
      at += 1;
    } else if (star >= 0) {
      starAt += 1;
      at = starAt;
      part = star + 1;
    } else return false;
  }
  while (part < pattern.length && pattern.isStar(part)) part += 1;
  return part === pattern.length;
}
