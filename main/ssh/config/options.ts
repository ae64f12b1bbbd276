import { message, type Message } from '../../../shared/messages/message.ts';
import type { ConfigLine } from './lines.ts';
import { isHarmless, reasonNotTaken, SYNONYMS } from './keywords.ts';
import { parseJumps, type JumpSpec } from './jumps.ts';
import { matchPatternList } from './patterns.ts';

/** ssh reads no more of each than this (SSH_MAX_IDENTITY_FILES, SSH_MAX_HOSTS_FILES). */
const MAX_IDENTITIES = 100;
const MAX_HOST_FILES = 32;

/** What a configuration says for one name, as it stands there: nothing is expanded yet. `null`: it says nothing. */
export class HostOptions {
  hostName: string | null = null;
  user: string | null = null;
  port: number | null = null;
  readonly identityFiles: string[] = [];
  readonly certificateFiles: string[] = [];
  identitiesOnly: boolean | null = null;
  identityAgent: string | null = null;
  /** In the order of the connection; `none`: the configuration says that there is none. */
  proxyJump: readonly JumpSpec[] | 'none' | null = null;
  /** Its value as it stands, and its line. */
  proxyJumpText = '';
  proxyJumpLine: ConfigLine | null = null;
  proxyCommand: { text: string; line: ConfigLine } | null = null;
  userKnownHostsFiles: readonly string[] | null = null;
  hashKnownHosts: boolean | null = null;
  hostKeyAlias: string | null = null;
  preferredAuthentications: string | null = null;
  pubkeyAuthentication: boolean | null = null;
  passwordAuthentication: boolean | null = null;
  kbdInteractiveAuthentication: boolean | null = null;
  tag: string | null = null;
  ignoreUnknown: string | null = null;
  /** The lines that paths were taken from, for notes about them. */
  readonly sources: ConfigLine[] = [];
}

function flag(word: string, more: readonly string[] = []): boolean | null {
  const value = word.toLowerCase();
  if (['yes', 'true', ...more].includes(value)) return true;
  return value === 'no' || value === 'false' ? false : null;
}

function portOf(word: string): number | null {
  if (word === 'ssh') return 22;
  const port = /^\d{1,5}$/.test(word) ? Number(word) : 0;
  return port >= 1 && port <= 65_535 ? port : null;
}

const NO_ARGUMENT = message('sshConfig.noValue');
const BAD_VALUE = message('sshConfig.badValue');

/**
 * Takes a line over where nothing was said before: the first value wins. Returns why it is not taken over, or null. Source: process_config_line_depth() of OpenSSH's readconf.c.
 */
export function applyOption(options: HostOptions, line: ConfigLine): Message | null {
  const { args, rest } = line;
  const keyword = SYNONYMS[line.keyword] ?? line.keyword;
  if (rest === '') return NO_ARGUMENT;
  if (args === null) return message('sshConfig.openQuote');
  const [first = ''] = args;
  const text = (
    name: 'hostName' | 'user' | 'identityAgent' | 'hostKeyAlias' | 'preferredAuthentications' | 'tag' | 'ignoreUnknown',
  ): Message | null => {
    if (first === '') return NO_ARGUMENT;
    options[name] ??= first;
    return null;
  };
  const yesNo = (
    name:
      | 'identitiesOnly'
      | 'hashKnownHosts'
      | 'pubkeyAuthentication'
      | 'passwordAuthentication'
      | 'kbdInteractiveAuthentication',
    more: readonly string[] = [],
  ): Message | null => {
    const value = flag(first, more);
    if (value === null) return BAD_VALUE;
    options[name] ??= value;
    return null;
  };
  const collect = (list: string[]): Message | null => {
    if (first === '') return NO_ARGUMENT;
    if (!list.includes(first) && list.length < MAX_IDENTITIES) {
      list.push(first);
      options.sources.push(line);
    }
    return null;
  };
  switch (keyword) {
    case 'hostname':
      return text('hostName');
    case 'user':
      return text('user');
    case 'port': {
      const port = portOf(first);
      if (port === null) return BAD_VALUE;
      options.port ??= port;
      return null;
    }
    case 'identityfile':
      return collect(options.identityFiles);
    case 'certificatefile':
      return collect(options.certificateFiles);
    case 'identitiesonly':
      return yesNo('identitiesOnly');
    case 'identityagent':
      if (options.identityAgent === null) options.sources.push(line);
      return text('identityAgent');
    case 'proxyjump': {
      const jumps = parseJumps(rest);
      if (jumps === null) return BAD_VALUE;
      if (options.proxyCommand === null && options.proxyJump === null) {
        options.proxyJump = jumps;
        options.proxyJumpText = rest;
        options.proxyJumpLine = line;
      }
      return null;
    }
    case 'proxycommand':
      if (options.proxyCommand === null && (options.proxyJump === null || options.proxyJump === 'none'))
        options.proxyCommand = { text: rest.replace(/^[\s=]+/, ''), line };
      return null;
    case 'userknownhostsfile':
      if (options.userKnownHostsFiles === null) {
        options.userKnownHostsFiles = args.slice(0, MAX_HOST_FILES);
        options.sources.push(line);
      }
      return null;
    case 'hashknownhosts':
      return yesNo('hashKnownHosts');
    case 'hostkeyalias':
      return text('hostKeyAlias');
    case 'preferredauthentications':
      return text('preferredAuthentications');
    case 'pubkeyauthentication':
      return yesNo('pubkeyAuthentication', ['unbound', 'host-bound']);
    case 'passwordauthentication':
      return yesNo('passwordAuthentication');
    case 'kbdinteractiveauthentication':
      return yesNo('kbdInteractiveAuthentication');
    case 'tag':
      return text('tag');
    case 'ignoreunknown':
      return text('ignoreUnknown');
    default: {
      const reason = reasonNotTaken(keyword, first);
      if (reason !== null || isHarmless(keyword)) return reason;
      const ignored = options.ignoreUnknown !== null && matchPatternList(options.ignoreUnknown.toLowerCase(), keyword);
      return ignored ? null : message('sshConfig.unknownOption');
    }
  }
}
