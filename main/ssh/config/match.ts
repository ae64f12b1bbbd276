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
  readonly note: string | null;
}

const NOT_DECIDED: Readonly<Record<string, string>> = {
  exec: 'Slipway runs no program that a configuration names; the block counts as not matching.',
  localnetwork: 'It depends on the network that this computer is in; the block counts as not matching.',
  version: 'It asks for the version of OpenSSH; the block counts as not matching.',
  command: 'It asks for the command that is run; the block counts as not matching.',
  sessiontype: 'It asks for the kind of session; the block counts as not matching.',
};

/** Holds a Match line against what is known, without running anything. Source: match_cfg_line() of OpenSSH's readconf.c. */
export function matchLine(line: ConfigLine, facts: MatchFacts): MatchVerdict {
  if (line.args === null) return { matches: false, wantsFinal: false, note: 'A quote in it does not close.' };
  const words = line.args.flatMap((word) => splitCriterion(word));
  let matches = true;
  let wantsFinal = false;
  let note: string | null = null;
  let criteria = 0;
  while (words.length > 0) {
    const word = words.shift() ?? '';
    const negated = word.startsWith('!');
    const name = (negated ? word.slice(1) : word).toLowerCase();
    if (name === 'all') {
      if (criteria > 1 || words.length > 0)
        return { matches: false, wantsFinal, note: '“all” cannot be combined with other criteria.' };
      return { matches: matches && !negated, wantsFinal, note };
    }
    criteria += 1;
    if (name === 'canonical' || name === 'final') {
      wantsFinal ||= name === 'final' && !negated;
      if (facts.isFinal === negated) matches = false;
      continue;
    }
    const value = words.shift();
    if (value === undefined)
      return { matches: false, wantsFinal, note: `The criterion “${name}” has no value; ssh refuses such a line.` };
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
        note: `Slipway does not know the criterion “${name}”; the block counts as not matching.`,
      };
    if (holds === negated) matches = false;
  }
  if (criteria === 0) return { matches: false, wantsFinal, note: 'It names no criterion; ssh refuses such a line.' };
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
