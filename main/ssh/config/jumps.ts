import { splitArguments } from './lines.ts';
import { expand, type Tokens } from './tokens.ts';

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
  const end = place.startsWith('[') ? place.indexOf(']') + 1 : (/[:/]/.exec(place)?.index ?? place.length);
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

/** What the shell that starts a ProxyCommand would make something else of. */
const SHELL_SYNTAX = /[$`;&|<>(){}*?!~\n]/;
/** Values that stay one word in that shell. */
const ONE_WORD = /^[\w.:@+-]*$/;
const QUIET = ['2>/dev/null', '2> /dev/null'];
const SILENT_FLAGS = /^-[46aACfgKkMNnqTtvXxYy]+$/;
const NETCAT = /^(?:nc|ncat|netcat)$/;

/** The last part of a program's path, also of one on Windows. */
function programOf(word: string): string {
  return (word.split(/[/\\]/).at(-1) ?? '').toLowerCase().replace(/\.exe$/, '');
}

/** The words of a ProxyCommand with its tokens replaced, as the shell would hand them on. Null where it would hand on something else. */
function commandWords(text: string, tokens: Tokens): readonly string[] | null {
  let command = text.trim();
  // people silence the jump so that its messages do not end up between those of their terminal
  for (const end of QUIET) if (command.endsWith(` ${end}`)) command = command.slice(0, -end.length);
  const words = splitArguments(command);
  if (words === null || words.some((word) => SHELL_SYNTAX.test(word))) return null;
  const whole: string[] = [];
  for (const word of words) {
    const expanded = expand(word, tokens);
    if ('reason' in expanded) return null;
    if (expanded.value !== word && !ONE_WORD.test(expanded.value.replaceAll(/[[\]%]/g, ''))) return null;
    whole.push(expanded.value);
  }
  return whole;
}

/** Whether a hop is still to be filled in by the `ssh` that the command starts, which knows other values. */
function isOpen({ host, user }: JumpSpec): boolean {
  return (user?.includes('%') ?? false) || (host.includes('%') && !host.includes(':'));
}

/**
 * The hops of a ProxyCommand that only goes through another ssh: `ssh -W %h:%p jump`, and the older `ssh jump nc %h %p`.
 * Null for any other: nothing that a configuration names is run. `tokens` are `proxyTokens`.
 */
export function jumpsOfCommand(text: string, tokens: Tokens): readonly JumpSpec[] | null {
  const words = commandWords(text, tokens);
  if (words === null) return null;
  const left = [...words];
  const targets = [`${tokens['h'] ?? ''}:${tokens['p'] ?? ''}`, `[${tokens['h'] ?? ''}]:${tokens['p'] ?? ''}`];
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
      if (!targets.includes(value)) return null;
      forwards = true;
    } else if (option === '-l') user ??= value;
    else if (option === '-p') {
      port ??= portOf(value);
      if (port === null) return null;
    } else {
      const jumps = parseJumps(value);
      if (jumps === null || jumps === 'none') return null;
      before = jumps;
    }
  }
  const hop = destination === null ? null : parseDestination(destination);
  if (hop === null || (forwards ? left.length > 0 : !isNetcatToTarget(left, tokens))) return null;
  const hops = [...before, { host: hop.host, user: hop.user ?? user, port: hop.port ?? port }];
  return hops.some(isOpen) ? null : hops;
}

/** The hops of ProxyJump with its tokens replaced. Null when a token is not known there, or a hop is not complete. `tokens` are `proxyTokens`. */
export function jumpsWithTokens(text: string, tokens: Tokens): readonly JumpSpec[] | null {
  const expanded = expand(text, tokens);
  const jumps = 'value' in expanded ? parseJumps(expanded.value) : null;
  return jumps === null || jumps === 'none' || jumps.some(isOpen) ? null : jumps;
}

/** `nc %h %p` with options of its own before the host. */
function isNetcatToTarget(words: readonly string[], tokens: Tokens): boolean {
  return NETCAT.test(programOf(words[0] ?? '')) && words.at(-2) === tokens['h'] && words.at(-1) === tokens['p'];
}
