import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../shared/errors/appError.ts';
import { hasWildcard, matchGlob } from '../../../shared/lib/glob.ts';
import { reasonMessage } from '../../../shared/errors/reasonMessage.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
import { readBounded } from '../../disk/readBounded.ts';
import { parseLines, type ConfigLine } from './lines.ts';

/** Bytes of one file; the longest configurations that people show each other have a few thousand lines. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** Entries of a folder that a wildcard looks at, and files that one Include may name. */
const MAX_ENTRIES = 4096;

export interface ConfigFile {
  readonly path: string;
  readonly lines: readonly ConfigLine[];
  readonly tooLong: readonly number[];
}

function unreadable(file: string, reason: Message, cause?: unknown): AppError {
  return new AppError('SSH_CONFIG_UNREADABLE', {
    details: { file, reason },
    ...(cause === undefined ? {} : { cause }),
  });
}

function isMissing(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

async function load(file: string): Promise<ConfigFile | null> {
  let read: Awaited<ReturnType<typeof readBounded>>;
  try {
    read = await readBounded(file, MAX_FILE_BYTES);
  } catch (error) {
    if (isMissing(error)) return null;
    throw unreadable(file, reasonMessage(error), error);
  }
  // a pipe or a device could be read without end
  if (!read.isFile) throw unreadable(file, message('system.notAFile'));
  if (read.truncated) throw unreadable(file, message('keys.configTooLarge'));
  const content = new TextDecoder('utf-8', { ignoreBOM: true }).decode(read.bytes);
  if (content.includes('\0')) throw unreadable(file, message('keys.notText'));
  return { path: file, ...parseLines(file, content) };
}

/** Files of one reading: each is read once. */
export class ConfigFiles {
  readonly #loaded = new Map<string, Promise<ConfigFile | null>>();

  /** `null`: there is no such file. SSH_CONFIG_UNREADABLE. */
  load(file: string): Promise<ConfigFile | null> {
    let loading = this.#loaded.get(file);
    if (loading === undefined) {
      loading = load(file);
      this.#loaded.set(file, loading);
    }
    return loading;
  }

  /** Those that were there, in the order in which they were first read. */
  async read(): Promise<string[]> {
    const settled = await Promise.allSettled(this.#loaded.values());
    return settled.flatMap((result) =>
      result.status === 'fulfilled' && result.value !== null ? [result.value.path] : [],
    );
  }
}

/** Files that the pattern of an Include fits, sorted, as glob(3) has it: `*`, `?`, `[…]`; a name with a dot in front only when the pattern has it. */
export async function expandInclude(pattern: string): Promise<string[]> {
  const { root } = path.parse(pattern);
  const segments = pattern
    .slice(root.length)
    .split(/[/\\]/)
    .filter((segment) => segment !== '');
  let found = [root];
  for (const [index, segment] of segments.entries()) {
    if (!hasWildcard(segment)) {
      found = found.map((folder) => path.join(folder, segment));
      continue;
    }
    const next: string[] = [];
    for (const folder of found) {
      const entries = await readdir(folder).catch(() => []);
      for (const name of entries.slice(0, MAX_ENTRIES)) {
        if ((segment.startsWith('.') || !name.startsWith('.')) && matchGlob(segment, name))
          next.push(path.join(folder, name));
      }
    }
    found = next.sort().slice(0, MAX_ENTRIES);
    if (index < segments.length - 1 && found.length === 0) return [];
  }
  return found;
}
