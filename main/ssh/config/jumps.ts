/** One server that a connection goes through, as the configuration names it. What it does not say, the name's own entry says. */
export interface JumpSpec {
  readonly host: string;
  readonly user: string | null;
  readonly port: number | null;
}

function portOf(text: string): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : null;
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** `[user@]host[:port]` with an IPv6 address in brackets, or `ssh://[user@]host[:port]`. Null when it is neither. */
export function parseDestination(text: string): JumpSpec | null {
  const isUri = text.startsWith('ssh://');
  let place = isUri ? text.slice('ssh://'.length).replace(/\/$/, '') : text;
  let user: string | null = null;
  const at = isUri ? place.indexOf('@') : place.lastIndexOf('@');
  if (at >= 0) {
    // an URI may hold connection parameters behind the user, which ssh passes over
    user = isUri ? decoded(place.slice(0, at).split(';')[0] ?? '') : place.slice(0, at);
    if (user === null || user === '') return null;
    place = place.slice(at + 1);
  }
  const end = place.startsWith('[') ? place.indexOf(']') + 1 : /[:/]/.exec(place)?.index ?? place.length;
  if (place.startsWith('[') && end === 0) return null;
  const host = withoutBrackets(place.slice(0, end));
  const behind = place.slice(end);
  if (host === '' || (behind !== '' && !/^[:/]/.test(behind))) return null;
  if (behind.length < 2) return { host, user, port: null };
  const port = portOf(behind.slice(1));
  return port === null ? null : { host, user, port };
}

/** The value of ProxyJump as it stands: hops from here to there, or `none`. Null when ssh would refuse it. Source: parse_jump() of readconf.c. */
export function parseJumps(rest: string): readonly JumpSpec[] | 'none' | null {
  const text = (rest.split('#')[0] ?? '').trim();
  if (text.toLowerCase() === 'none') return 'none';
  const hops: JumpSpec[] = [];
  for (const part of text.split(',')) {
    const hop = parseDestination(part);
    if (hop === null) return null;
    hops.push(hop);
  }
  return hops;
}

const TARGET = /^(?:%h:%p|\[%h\]:%p)$/;
const SILENT_FLAGS = /^-[46aACfgKkMNnqTtvXxYy]+$/;
const NETCAT = /^(?:nc|ncat|netcat)$/;

/** The last part of a program's path, also of one on Windows. */
function programOf(word: string): string {
  return (word.split(/[/\\]/).at(-1) ?? '').toLowerCase().replace(/\.exe$/, '');
}

/** `nc %h %p` with options of its own before the host. */
function isNetcatToTarget(words: readonly string[]): boolean {
  return NETCAT.test(programOf(words[0] ?? '')) && words.at(-2) === '%h' && words.at(-1) === '%p';
}

/**
 * The hops of a ProxyCommand that only goes through another ssh: `ssh -W %h:%p jump`, and the older `ssh jump nc %h %p`.
 * Null for any other: nothing that a configuration names is run.
 */
export function jumpsOfCommand(words: readonly string[]): readonly JumpSpec[] | null {
  const left = [...words];
  if (left[0] === 'exec') left.shift();
  if (programOf(left.shift() ?? '') !== 'ssh') return null;
  let user: string | null = null;
  let port: number | null = null;
  let before: readonly JumpSpec[] = [];
  let destination: string | null = null;
  let forwards = false;
  while (left.length > 0) {
    const word = left.shift() ?? '';
    if (!word.startsWith('-')) {
      if (destination !== null) {
        left.unshift(word);
        break;
      }
      destination = word;
      continue;
    }
    const option = word.slice(0, 2);
    if (!['-W', '-l', '-p', '-J'].includes(option)) {
      if (SILENT_FLAGS.test(word)) continue;
      return null;
    }
    const value = word.length > 2 ? word.slice(2) : (left.shift() ?? '');
    if (option === '-W') {
      if (!TARGET.test(value)) return null;
      forwards = true;
    } else if (option === '-l') user = value;
    else if (option === '-p') {
      port = portOf(value);
      if (port === null) return null;
    } else {
      const jumps = parseJumps(value);
      if (jumps === null || jumps === 'none') return null;
      before = jumps;
    }
  }
  const hop = destination === null ? null : parseDestination(destination);
  if (hop === null || (forwards ? left.length > 0 : !isNetcatToTarget(left))) return null;
  return [...before, { host: hop.host, user: hop.user ?? user, port: hop.port ?? port }];
}
