import { opendirSync, statSync, type Dirent, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { LeftOut } from '../../../../shared/contract/templates.ts';
import type { Template, TemplateSource } from '../../../../shared/domain/template/schema.ts';
import type { TemplateVersion } from '../../../../shared/domain/template/studio.ts';
import { ERRORS } from '../../../../shared/errors/codes.ts';
import type { Disposable } from '../../../../shared/lib/disposable.ts';
import { failureDetails } from '../../log/failure.ts';
import type { Clock, Log, TemplateRepository } from '../../ports.ts';
import { CHECKS_FILE } from '../format/folderChecks.ts';
import { joined, LeftOutList } from '../format/leftOut.ts';
import { parseTemplate } from '../format/parseTemplate.ts';
import { searchable, searchWords } from './searchWords.ts';
import { entryOf, withDuplicates, type TemplateEntry } from './templateEntry.ts';
import { modifiedAt, readTemplateFile, type TemplateReading } from './templateFile.ts';
import { SHORT, type TemplateReader } from '../format/templateReader.ts';
import { watchTree } from './watchTree.ts';

/** Editors save in several steps; what comes within this time is one change. Milliseconds. */
const QUIET = 60;
/** Deeper than any library; stops at a folder that is mounted into itself. */
const MAX_DEPTH = 6;
const MAX_FILES = 20_000;
/** Of one folder, whatever they are, and folders that are looked into: a library of that size is a mistake in the path. */
const MAX_ENTRIES = 50_000;
const MAX_FOLDERS = 2000;
/** The main thread is given back after so many milliseconds of work. */
const SLICE_MS = 8;
/** So many entries of a folder are listed in between; they take a millisecond. */
const LOOK = 500;
/** More than this many files are read in the worker: it takes longer to begin, and does not hold up the window. */
const BULK = 64;
const BATCH = 50;
const PAGE = 500;
/** Templates that are kept parsed. */
const MAX_OPEN = 100;

/** A template with its text. */
export interface OpenTemplate {
  readonly entry: TemplateEntry;
  /** The file as it is on disk; empty when it is no text. */
  readonly text: string;
  /** The last good version, or null when there has been none. */
  readonly template: Template | null;
}

export interface TemplateFolder extends Disposable {
  readonly source: TemplateSource;
  /** As it was given. */
  readonly path: string;
  /** Absolute. */
  readonly root: string;
  /** Settles when every file is known as it is on disk and changes are seen from now on. Never rejects. */
  readonly ready: Promise<void>;
  /** By file name, with a warning where two carry the same id: what is known now. */
  entries(): readonly TemplateEntry[];
  /** What is beyond the bounds on number and depth. */
  leftOut(): LeftOut;
  /** Makes sure at once that what changed is known; before `ready` that takes as long as reading everything. */
  settle(): void;
  /** Reads a large file in the worker, so that `open` does not hold up the main thread. */
  prepare(entry: TemplateEntry): Promise<void>;
  /** As it is on disk at this moment. Null when the file is gone. */
  open(entry: TemplateEntry): OpenTemplate | null;
  /** Looks at everything anew, as at the start; resolves when all of it is known. */
  rescan(): Promise<void>;
  /** Takes note of what Slipway itself wrote or removed at this path. */
  wrote(file: string, by: TemplateVersion['by']): TemplateEntry | null;
}

export interface TemplateFolderOptions {
  readonly source: TemplateSource;
  readonly path: string;
  readonly log: Log;
  readonly clock: Pick<Clock, 'now'>;
  readonly store: TemplateRepository;
  readonly reader: TemplateReader;
  /** Names the parser: an index that another one made is read anew. */
  readonly parser: string;
  /** Templates go by the names of their files, whatever id they carry. */
  readonly idsFromNames?: boolean;
  /** Folders directly in it that are not its own: nothing in them is looked at. */
  readonly isForeign?: (name: string) => boolean;
  /** There is such a folder. */
  readonly onForeign?: () => void;
  /** After the first reading, and after each change on disk that changed something. */
  readonly onChange: () => void;
}

/** Yields now and then, with a path that is looked at next. */
type Pass = Generator<string | undefined, void>;

type Found = { entry: TemplateEntry; reading: TemplateReading; by: TemplateVersion['by'] };

/**
 * The template files of a folder and its subfolders, kept as they are on disk. What did not change since it was indexed is not read. A
 * file that breaks keeps its last good version. The folder need not exist, and may vanish and come back.
 */
export function openTemplateFolder(options: TemplateFolderOptions): TemplateFolder {
  const { source, log, clock, store, reader, parser, onChange } = options;
  const root = path.resolve(options.path);
  const entries = new Map<string, TemplateEntry>();
  /** What the index says of files that are not looked at yet. */
  const indexed = new Map<string, TemplateEntry>();
  const unread = new Set<string>();
  const touched = new Set<string>();
  const opened = new Map<string, OpenTemplate>();
  /** By folder. */
  const omitted = new Map<string, LeftOut>();
  const found: Found[] = [];
  const gone: string[] = [];
  let listed: TemplateEntry[] | null = null;
  let timer: NodeJS.Timeout | null = null;
  let working = false;
  let changed = false;
  let disposed = false;

  const nameOf = (file: string): string => path.relative(root, file).split(path.sep).join('/');
  const isChecks = (file: string): boolean => path.dirname(file) === root && path.basename(file) === CHECKS_FILE;
  const foreign = (at: string): boolean => path.dirname(at) === root && options.isForeign?.(path.basename(at)) === true;
  const placeOf = (file: string): Pick<TemplateEntry, 'source' | 'root' | 'path' | 'fileName'> => ({
    source,
    root,
    path: file,
    fileName: nameOf(file),
  });

  const tree = watchTree({
    root,
    onTouched: (at) => touch(at),
    onUnwatched: (reason) =>
      log.write('warn', 'template_folder_unwatched', null, {
        error_code: ERRORS.TEMPLATE_FOLDER_UNUSABLE.code,
        folder: root,
        reason,
      }),
  });

  function remember({ entry, text, template }: OpenTemplate): OpenTemplate {
    opened.delete(entry.path);
    const open = { entry, text, template };
    opened.set(entry.path, open);
    for (const oldest of opened.keys()) if (opened.size > MAX_OPEN) opened.delete(oldest);
    return open;
  }

  function drop(file: string): void {
    unread.delete(file);
    indexed.delete(file);
    opened.delete(file);
    if (!entries.delete(file)) return;
    gone.push(nameOf(file));
    listed = null;
    changed = true;
  }

  /** A mistake of Slipway's own: the log has it, and the other files are read all the same. */
  function bug(error: unknown, file: string | null = null): void {
    log.write('error', 'bug', null, { ...failureDetails(error), ...(file === null ? {} : { file }) });
  }

  function take(
    file: string,
    reading: TemplateReading | null,
    by: TemplateVersion['by'] = 'found',
  ): TemplateEntry | null {
    unread.delete(file);
    if (reading !== null && reading.bug !== null)
      log.write('error', 'bug', null, {
        error_code: ERRORS.INTERNAL.code,
        message: 'a template could not be read',
        file,
        stack: reading.bug,
      });
    if (reading === null) {
      drop(file);
      return null;
    }
    const before = entries.get(file) ?? indexed.get(file) ?? null;
    const good = opened.get(file)?.template ?? null;
    const place = placeOf(file);
    const entry = entryOf(
      place,
      reading,
      before,
      parser,
      options.idsFromNames === true ? idOfName(place.fileName) : null,
    );
    entries.set(file, entry);
    indexed.delete(file);
    listed = null;
    found.push({ entry, reading, by });
    if (
      before?.fileHash !== entry.fileHash ||
      before.problems.length !== entry.problems.length ||
      before.usable !== entry.usable
    )
      changed = true;
    // many at once would push out what is in use
    if (unread.size < BULK && reading.text !== null) {
      if (reading.template !== null) remember({ entry, text: reading.text, template: reading.template });
      else if (good !== null && entry.usable) remember({ entry, text: reading.text, template: good });
      else opened.delete(file);
    } else opened.delete(file);
    return entry;
  }

  /** Into the store, where the versions are; without it the library works all the same. */
  function flush(): void {
    const forgotten = gone.splice(0);
    try {
      const readings = found.splice(0).map(({ entry, reading, by }) => ({
        root,
        file: entry.fileName,
        entry: stored(entry),
        search:
          reading.template !== null
            ? searchable(reading.template)
            : entry.usable
              ? null
              : searchableText(entry.fileName, reading.text),
        found:
          reading.text === null
            ? null
            : {
                ref: { source, id: entry.id },
                text: reading.text,
                hash: reading.fileHash,
                by,
                version: reading.template?.version ?? '',
                at: clock.now(),
              },
      }));
      if (forgotten.length > 0) store.forget(root, forgotten);
      if (readings.length > 0) store.record(readings);
    } catch (error) {
      log.write('error', 'template_index_failed', null, { folder: root, ...failureDetails(error, 'RECORD_FAILED') });
    }
  }

  function announce(): void {
    if (!changed || disposed) return;
    changed = false;
    onChange();
  }

  function* readIndex(): Pass {
    try {
      for (let after: string | null = ''; after !== null;) {
        const page = store.indexed(root, after, PAGE);
        for (const { file, entry } of page.entries) {
          const full = path.join(root, file);
          indexed.set(full, { ...entry, source, root, path: full, fileName: file });
        }
        after = page.last;
        yield;
      }
    } catch (error) {
      log.write('error', 'template_index_failed', null, { folder: root, ...failureDetails(error, 'RECORD_FAILED') });
    }
  }

  /** Compares a file with what is known of it, without opening it. */
  function compare(file: string): void {
    const known = entries.get(file) ?? indexed.get(file);
    const now = statSync(file, { throwIfNoEntry: false });
    const same =
      known !== undefined &&
      known.parser === parser &&
      now?.size === known.size &&
      known.modifiedAt !== 0 &&
      modifiedAt(now.mtimeMs) === known.modifiedAt;
    if (!same) unread.add(file);
    else if (!entries.has(file)) {
      entries.set(file, known);
      indexed.delete(file);
      listed = null;
      changed = true;
    }
  }

  /**
   * Looks through a folder: new and changed files become unread, those that are gone are dropped. Yields each folder before it is listed,
   * so that whoever drives this may wait until its disk answers.
   */
  function* visit(folder: string): Pass {
    const seen = new Set<string>();
    const folders = [folder];
    let folderCount = 0;
    for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
      yield next;
      tree.add(next);
      folderCount += 1;
      let listed = 0;
      const left = new LeftOutList();
      const at = next;
      const nameIn = (name: string): string => nameOf(path.join(at, name));
      for (const item of entriesOf(next)) {
        listed += 1;
        if (listed > MAX_ENTRIES) {
          left.add(nameIn('…'), 'too-many');
          break;
        }
        if (listed % LOOK === 0) yield;
        const full = path.join(next, item.name);
        if (isHidden(item.name)) continue;
        if (item.isDirectory() && foreign(full)) options.onForeign?.();
        else if (item.isDirectory()) {
          if (path.relative(root, full).split(path.sep).length > MAX_DEPTH)
            left.add(`${nameIn(item.name)}/`, 'too-deep');
          else if (folderCount + folders.length >= MAX_FOLDERS) left.add(`${nameIn(item.name)}/`, 'too-many');
          else folders.push(full);
        } else if ((item.isFile() || item.isSymbolicLink()) && isTemplateName(item.name) && !isChecks(full)) {
          if (seen.size >= MAX_FILES) {
            left.add(nameIn('…'), 'too-many');
            break;
          }
          seen.add(full);
          try {
            compare(full);
          } catch {
            unread.add(full);
          }
          if (seen.size % 20 === 0) yield;
        }
      }
      const all = left.all();
      omitted.delete(next);
      if (all.count > 0) {
        omitted.set(next, all);
        log.write('warn', 'template_folder_too_large', null, { folder: next, ...all });
      }
      yield;
    }
    const inside = folder + path.sep;
    for (const known of [...entries.keys(), ...unread]) if (known.startsWith(inside) && !seen.has(known)) drop(known);
  }

  /** What was touched, as folders to visit and files to read. */
  function* lookAt(paths: readonly string[]): Pass {
    for (const at of paths) {
      yield at;
      const now = statOf(at);
      if (now?.isDirectory() === true) yield* visit(at);
      else if (now === undefined && !isTemplateName(path.basename(at))) {
        tree.remove(at);
        for (const known of [...omitted.keys()])
          if (known === at || known.startsWith(at + path.sep)) omitted.delete(known);
        for (const known of [...entries.keys(), ...unread])
          if (known === at || known.startsWith(at + path.sep)) drop(known);
      } else if (isTemplateName(path.basename(at)) && !isChecks(at) && now?.isFile() !== false) unread.add(at);
      yield;
    }
  }

  function* firstPass(): Pass {
    yield* readIndex();
    yield* visit(root);
    const missing = [...indexed.keys()].filter((file) => !unread.has(file));
    for (const file of missing) {
      indexed.delete(file);
      gone.push(nameOf(file));
    }
  }

  const first = firstPass();
  let firstDone = false;
  let pass: Pass | null = first;

  function finishPass(): void {
    while (pass !== null && pass.next().done !== true) continue;
    pass = null;
    firstDone = true;
  }
  function readUnread(): void {
    for (const file of [...unread]) take(file, readTemplateFile(file, nameOf(file)));
    flush();
  }

  const stopped = (): boolean => disposed;

  async function inSlices(): Promise<void> {
    let began = performance.now();
    while (pass !== null && !stopped()) {
      const step = pass.next();
      if (step.done === true) {
        pass = null;
        firstDone = true;
      } else if (typeof step.value === 'string') {
        await answers(step.value);
        began = performance.now();
      } else if (performance.now() - began > SLICE_MS) {
        await turn();
        began = performance.now();
      }
    }
    // more than a worker is worth: the others wait their turn here
    while (unread.size > BULK && !stopped()) {
      const batch = [...unread].slice(0, BATCH).map((file) => ({ path: file, fileName: nameOf(file) }));
      const readings = await reader.readFiles(batch);
      if (stopped()) return;
      if (readings.length === 0) break;
      batch.forEach((each, place) => {
        if (unread.has(each.path)) take(each.path, readings[place] ?? null);
      });
      flush();
    }
    for (const file of [...unread]) {
      await turn();
      if (stopped()) return;
      if (!unread.has(file)) continue;
      if (sizeOf(file) <= SHORT) take(file, readTemplateFile(file, nameOf(file)));
      else {
        const [reading] = await reader.readFiles([{ path: file, fileName: nameOf(file) }]);
        if (stopped()) return;
        if (reading !== undefined && unread.has(file)) take(file, reading);
      }
      if (found.length >= BATCH) flush();
    }
    if (stopped()) return;
    flush();
    announce();
  }

  function touch(at: string): void {
    if (disposed || (at !== root && isHidden(path.basename(at)))) return;
    if (foreign(at)) {
      options.onForeign?.();
      return;
    }
    touched.add(at);
    timer ??= setTimeout(() => {
      timer = null;
      void followUp();
    }, QUIET);
    timer.unref();
  }
  async function followUp(): Promise<void> {
    if (working) return;
    working = true;
    try {
      while (touched.size > 0 && !disposed) {
        const paths = [...touched];
        touched.clear();
        pass = lookAt(paths);
        await inSlices();
      }
    } catch (error) {
      bug(error);
    } finally {
      working = false;
    }
  }

  const firstReading = async (): Promise<void> => {
    working = true;
    try {
      await turn();
      await inSlices();
      if (!disposed) onChange();
    } catch (error) {
      // what is known is shown; whoever asks for more reads it then
      bug(error);
    } finally {
      working = false;
    }
    void followUp();
  };

  function openNow(entry: TemplateEntry): OpenTemplate | null {
    const cached = opened.get(entry.path);
    const known = entries.get(entry.path);
    if (cached !== undefined && cached.entry === known && unchanged(cached.entry)) return cached;
    const reading = readTemplateFile(entry.path, entry.fileName);
    const now = take(entry.path, reading);
    flush();
    if (changed) setImmediate(announce);
    if (now === null || reading === null) return null;
    const kept = opened.get(entry.path);
    if (kept?.entry === now) return kept;
    if (reading.template !== null || !now.usable)
      return { entry: now, text: reading.text ?? '', template: reading.template };
    // broken, and what was good is only in the store
    const template = lastGood(now);
    if (template !== null) return remember({ entry: now, text: reading.text ?? '', template });
    const unusable = { ...now, usable: false };
    entries.set(now.path, unusable);
    listed = null;
    return { entry: unusable, text: reading.text ?? '', template: null };
  }

  function lastGood({ id, hash, fileName, path: file }: TemplateEntry): Template | null {
    try {
      const text = store.version({ source, id }, hash);
      return text === null ? null : parseTemplate(text, fileName).template;
    } catch (error) {
      bug(error, file);
      return null;
    }
  }

  return {
    source,
    path: options.path,
    root,
    ready: firstReading(),
    entries() {
      listed ??= withDuplicates([...entries.values()].sort((a, b) => (a.fileName < b.fileName ? -1 : 1)));
      return listed;
    },
    leftOut: () => joined(omitted.values()),
    settle() {
      if (!firstDone) finishPass();
      else {
        const paths = [...touched];
        touched.clear();
        for (const at of paths) if (isTemplateName(path.basename(at)) && !isChecks(at)) unread.add(at);
        // a whole folder of changes is read in the background
        if (unread.size > BULK) return;
      }
      readUnread();
      if (changed && firstDone) setImmediate(announce);
    },
    async prepare(entry) {
      if (entry.size <= SHORT || (opened.has(entry.path) && unchanged(entry))) return;
      const [reading] = await reader.readFiles([{ path: entry.path, fileName: entry.fileName }]);
      if (reading === undefined || disposed) return;
      take(entry.path, reading);
      flush();
      announce();
    },
    open: (entry) => openNow(entry),
    async rescan() {
      touched.add(root);
      while (working && !disposed) await pause();
      await followUp();
    },
    wrote(file, by) {
      if (isChecks(file)) {
        onChange();
        return null;
      }
      const entry = take(file, readTemplateFile(file, nameOf(file)), by);
      flush();
      changed = false;
      onChange();
      return entry;
    },
    async dispose() {
      disposed = true;
      if (timer !== null) clearTimeout(timer);
      await tree.dispose();
    },
  };
}

/**
 * Resolves when the disk of a path has answered, with whatever. A home or a shared folder may be on a network: while it does not answer,
 * this waits and not the main thread, which then finds what it asks for in the system's cache.
 */
async function answers(at: string): Promise<void> {
  await stat(at).catch(() => undefined);
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function pause(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, QUIET));
}

function unchanged(entry: TemplateEntry): boolean {
  try {
    const now = statSync(entry.path);
    return entry.modifiedAt !== 0 && now.size === entry.size && now.mtimeMs === entry.modifiedAt;
  } catch {
    return false;
  }
}

/** Undefined for what is not there, or not for us to see. */
function statOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function sizeOf(file: string): number {
  return statOf(file)?.size ?? 0;
}

function stored({
  size,
  modifiedAt: at,
  parser,
  id,
  fileHash,
  hash,
  usable,
  displayName,
  description,
  category,
  tags,
  version,
  author,
  isPublic,
  problems,
}: TemplateEntry) {
  return {
    size,
    modifiedAt: at,
    parser,
    id,
    fileHash,
    hash,
    usable,
    displayName,
    description,
    category,
    tags,
    version,
    author,
    isPublic,
    problems,
  };
}

function searchableText(fileName: string, text: string | null): ReturnType<typeof searchable> {
  return {
    text: `${fileName}\n${(text ?? '').slice(0, 20_000)}`,
    name: searchWords(fileName),
    about: '',
    fields: '',
    script: searchWords(text ?? ''),
  };
}

function idOfName(fileName: string): string {
  return path.posix.basename(fileName).replace(/\.ya?ml$/i, '');
}

export function isTemplateName(name: string): boolean {
  return /\.ya?ml$/i.test(name) && !isHidden(name);
}

/** Editors' temporary files, version control, and what lies beside a template: its samples, and the scripts that tests compare. */
function isHidden(name: string): boolean {
  return (
    name.startsWith('.') ||
    name.startsWith('~') ||
    name.endsWith('~') ||
    /\.(samples|golden)$/.test(name) ||
    name === 'node_modules'
  );
}

/** Entry by entry, however many there are. Not there, or not for us: the same as empty until that changes. */
function* entriesOf(folder: string): Generator<Dirent> {
  let listing;
  try {
    listing = opendirSync(folder);
  } catch {
    return;
  }
  try {
    for (let item = listing.readSync(); item !== null; item = listing.readSync()) yield item;
  } catch {
    // it went away meanwhile
  } finally {
    listing.closeSync();
  }
}
