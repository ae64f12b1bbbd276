import { message, type Message } from '../../../shared/messages/message.ts';
import type { ConfigLine } from './lines.ts';
import { matchHostList, matchPatternList } from './patterns.ts';

/** What a Match line is held against. */
export interface MatchFacts {
  /** HostName as far as it is known at this line, or the name that was asked for. */
  readonly host: string;
  readonly originalHost: string;
  /** User as far as it is known at this line, or the local one. */
  readonly user: string;
  readonly localUser: string;
  readonly tag: string;
  /** The second reading, which `Match final` asks for. */
  readonly isFinal: boolean;
}

export interface MatchVerdict {
  readonly matches: boolean;
  readonly wantsFinal: boolean;
  /** Why the block is passed over whatever it says, or null. */
  readonly note: Message | null;
}

const NOT_DECIDED: Readonly<Record<string, Message>> = {
  exec: message('sshConfig.match.exec'),
  localnetwork: message('sshConfig.match.localnetwork'),
  version: message('sshConfig.match.version'),
  command: message('sshConfig.match.command'),
  sessiontype: message('sshConfig.match.sessiontype'),
};

/** Holds a Match line against what is known, without running anything. Source: match_cfg_line() of OpenSSH's readconf.c. */
export function matchLine(line: ConfigLine, facts: MatchFacts): MatchVerdict {
  if (line.args === null) return { matches: false, wantsFinal: false, note: message('sshConfig.openQuote') };
  const words = line.args.flatMap((word) => splitCriterion(word));
  let matches = true;
  let wantsFinal = false;
  let note: Message | null = null;
  let criteria = 0;
  while (words.length > 0) {
    const word = words.shift() ?? '';
    const negated = word.startsWith('!');
    const name = (negated ? word.slice(1) : word).toLowerCase();
    if (name === 'all') {
      if (criteria > 1 || words.length > 0) return { matches: false, wantsFinal, note: message('sshConfig.match.all') };
      return { matches: matches && !negated, wantsFinal, note };
    }
    criteria += 1;
    if (name === 'canonical' || name === 'final') {
      wantsFinal ||= name === 'final' && !negated;
      if (facts.isFinal === negated) matches = false;
      continue;
    }
    const value = words.shift();
    if (value === undefined) return { matches: false, wantsFinal, note: message('sshConfig.match.noValue', { name }) };
    const undecided = NOT_DECIDED[name];
    if (undecided !== undefined) {
      note ??= undecided;
      matches = false;
      continue;
    }
    const holds = criterionHolds(name, value, facts);
    if (holds === null)
      return {
        matches: false,
        wantsFinal,
        note: message('sshConfig.match.unknown', { name }),
      };
    if (holds === negated) matches = false;
  }
  if (criteria === 0) return { matches: false, wantsFinal, note: message('sshConfig.match.none') };
  return { matches, wantsFinal, note };
}

/** `host=a` is `host a`. */
function splitCriterion(word: string): string[] {
  const name = /^!?[A-Za-z]+(?==)/.exec(word)?.[0];
  return name === undefined ? [word] : [name, word.slice(name.length + 1)];
}

function criterionHolds(name: string, value: string, facts: MatchFacts): boolean | null {
  switch (name) {
    case 'host':
      return matchHostList(value, facts.host);
    case 'originalhost':
      return matchHostList(value, facts.originalHost);
    case 'user':
      return matchPatternList(value, facts.user);
    case 'localuser':
      return matchPatternList(value, facts.localUser);
    case 'tagged':
      return facts.tag === '' ? value === '' : matchPatternList(value, facts.tag);
    default:
      return null;
  }
}
