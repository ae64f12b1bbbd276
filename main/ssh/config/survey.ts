import path from 'node:path';
import type { SshConfigNote } from '../../../shared/domain/cluster/profile.ts';
import type { Message } from '../../../shared/messages/message.ts';
import { Notes, type ConfigSources } from './evaluate.ts';
import { expandInclude } from './files.ts';
import { matchLine } from './match.ts';
import { applyOption, HostOptions } from './options.ts';
import { expandTilde } from './tokens.ts';

/** Files that are looked at, each once. */
const MAX_FILES = 1024;

export interface Survey {
  /** Names without a wildcard, each once: those of a file before those of the files that it includes. */
  readonly aliases: readonly { alias: string; file: string; line: number }[];
  readonly notes: readonly SshConfigNote[];
}

/** Goes through all lines whatever host they are for: which names there are, and what is not taken over. SSH_CONFIG_UNREADABLE. */
export async function surveyConfig({ files, roots, local }: ConfigSources): Promise<Survey> {
  const aliases = new Map<string, { alias: string; file: string; line: number }>();
  const notes = new Notes();
  const options = new HostOptions();
  const nobody = { host: '', originalHost: '', user: '', localUser: '', tag: '', isFinal: false };
  for (const { file: root, includeFolder, isUser } of roots) {
    const left = [root];
    const seen = new Set(left);
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      const content = await files.load(file);
      const included: string[] = [];
      for (const line of content?.lines ?? []) {
        let reason: Message | null = null;
        if (line.keyword === 'host') {
          for (const word of line.args ?? []) {
            if (/^[^*?!]+$/.test(word) && !aliases.has(word)) aliases.set(word, { alias: word, file, line: line.line });
          }
        } else if (line.keyword === 'match') reason = matchLine(line, nobody).note;
        else if (line.keyword === 'include') {
          for (const word of line.args ?? []) {
            const anchored = expandTilde(word, local.home);
            const found = await expandInclude(
              path.isAbsolute(anchored) ? anchored : path.join(includeFolder, anchored),
            );
            included.push(...found.filter((name) => !seen.has(name)));
          }
        } else {
          // for its verdict on the line alone; of what it takes over, only IgnoreUnknown counts for the lines after it
          reason = applyOption(options, line);
        }
        // what the system sets for everybody is not what a person wants to read about
        if (reason !== null && isUser) notes.add(line, reason);
      }
      for (const name of included) if (seen.size < MAX_FILES) seen.add(name);
      left.unshift(...included.filter((name) => seen.has(name)));
    }
  }
  return { aliases: [...aliases.values()], notes: notes.all };
}
