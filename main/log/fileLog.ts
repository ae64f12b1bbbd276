import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { open as openFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { LogEntry } from '../../shared/contract/program.ts';
import { reasonOf } from '../../shared/errors/appError.ts';
import type { Disposable } from '../../shared/lib/disposable.ts';
import { plain } from '../../shared/lib/plain.ts';
import type { Clock, Log } from '../core/ports.ts';
import { redact } from './redact.ts';

/** Days that are kept, today included. */
const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;
const FILE_NAME = /^slipway-(\d{4}-\d{2}-\d{2})\.log$/;

/** The day of an epoch ms in UTC, so that files sort and end at the same moment everywhere. */
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/**
 * The program's log: one JSON object a line, one file a day (`slipway-YYYY-MM-DD.log`), 30 days. A line is with the operating
 * system when `write` returns. Secrets are taken out on the way in. A log that cannot be written never stops the program: lines
 * are dropped, standard error hears of it once, and the number of lost lines is logged when writing works again.
 */
export function createFileLog({ folder, clock }: { folder: string; clock: Pick<Clock, 'now'> }): Log & Disposable {
  let open: { day: string; fd: number } | null = null;
  let dropped = 0;
  let complained = false;

  const close = (): void => {
    const closing = open;
    open = null;
    if (closing !== null) closeSync(closing.fd);
  };

  const fileOf = (now: number): number => {
    const day = dayOf(now);
    if (open?.day === day) return open.fd;
    close();
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    removeOlder(folder, dayOf(now - (KEPT_DAYS - 1) * DAY_MS));
    open = { day, fd: openSync(path.join(folder, `slipway-${day}.log`), 'a', 0o600) };
    return open.fd;
  };

  const append = (entry: LogEntry): void => {
    const lost: LogEntry[] =
      dropped === 0
        ? []
        : [{ at: entry.at, level: 'warn', event: 'log_lines_dropped', requestId: null, details: { count: dropped } }];
    writeSync(fileOf(entry.at), [...lost, entry].map((line) => `${JSON.stringify(line)}\n`).join(''));
    dropped = 0;
  };

  return {
    write: (level, event, requestId, details) => {
      try {
        append({ at: clock.now(), level, event, requestId, details: redact(details ?? {}) as Record<string, unknown> });
      } catch (error) {
        dropped += 1;
        if (complained) return;
        complained = true;
        console.error(plain(`slipway: the log in ${folder} cannot be written, lines are dropped: ${reasonOf(error)}`));
      }
    },
    query: (query) => queryFiles(folder, query),
    dispose: close,
  };
}

/** Removes the files of days before `oldest`. One that stays, for whatever reason, costs no line of today. */
function removeOlder(folder: string, oldest: string): void {
  for (const name of readdirSync(folder)) {
    const found = FILE_NAME.exec(name)?.[1];
    if (found === undefined || found >= oldest) continue;
    try {
      rmSync(path.join(folder, name), { force: true });
    } catch {
      // tomorrow again
    }
  }
}

/** The newest lines that match, newest last. Files are streamed, newest first, and only as many as are needed. */
async function queryFiles(
  folder: string,
  { requestId, text, limit }: Parameters<Log['query']>[0],
): Promise<LogEntry[]> {
  // as it stands within the JSON of a line
  const needle = text === undefined ? '' : JSON.stringify(text).slice(1, -1).toLowerCase();
  const names = (await readdir(folder).catch(() => [])).filter((name) => FILE_NAME.test(name)).sort();
  let found: LogEntry[] = [];
  for (const name of names.reverse()) {
    const entries: LogEntry[] = [];
    const file = await openFile(path.join(folder, name)).catch(() => null);
    // its thirty days ended meanwhile
    if (file === null) continue;
    // the stream of lines closes the file at its end or when it fails
    for await (const line of file.readLines()) {
      if ((requestId !== undefined && !line.includes(requestId)) || !line.toLowerCase().includes(needle)) continue;
      const entry = parseLine(line);
      if (entry === null || (requestId !== undefined && entry.requestId !== requestId)) continue;
      entries.push(entry);
      if (entries.length > 2 * limit) entries.splice(0, entries.length - limit);
    }
    found = [...entries, ...found].slice(-limit);
    if (found.length >= limit) break;
  }
  return found;
}

/** Null for a line that was cut when the machine went down. */
function parseLine(line: string): LogEntry | null {
  try {
    return LogEntry.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
