export interface Address {
  /** As it was sent: begins with exactly one slash; its escapes are UTF-8 and hide no control character and no backslash. */
  readonly path: string;
  readonly query: URLSearchParams;
}

const MAX_LENGTH = 8192;

/**
 * Reads the target of a request line: the only place where one is parsed. Null for what no page and no program of ours sends: whole
 * addresses, `*`, `//host`, escapes that are no UTF-8, control characters, backslashes, more than 8 kB. Never throws.
 */
export function readAddress(target: string | undefined): Address | null {
  // a second slash would make a host of what follows
  if (target === undefined || target.length > MAX_LENGTH || !/^\/(?![/\\])[!-~]*$/.test(target) || target.includes('#'))
    return null;
  const at = target.indexOf('?');
  const rawQuery = at === -1 ? '' : target.slice(at + 1);
  try {
    const path = at === -1 ? target : target.slice(0, at);
    decodeURIComponent(rawQuery);
    return /[\p{Cc}\\]/u.test(decodeURIComponent(path)) ? null : { path, query: new URLSearchParams(rawQuery) };
  } catch {
    return null;
  }
}
