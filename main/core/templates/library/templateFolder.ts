import { statSync } from 'node:fs';
import path from 'node:path';
import type { LeftOut } from '../../../../shared/contract/templates.ts';
import type { TemplateSource } from '../../../../shared/domain/template/schema.ts';
import type { TemplateVersion } from '../../../../shared/domain/template/studio.ts';
import { ERRORS } from '../../../../shared/errors/codes.ts';
import type { Disposable } from '../../../../shared/lib/disposable.ts';
import type { Clock, Log, TemplateRepository } from '../../ports.ts';
import { SHORT, type TemplateReader } from '../format/templateReader.ts';
import { answers, isHidden, isTemplateName, sizeOf } from './folderFiles.ts';
import { FolderWalk, type Pass } from './folderWalk.ts';
import { BULK, KnownTemplates, type OpenTemplate } from './knownTemplates.ts';
import type { TemplateEntry } from './templateEntry.ts';
import { readTemplateFile } from './templateFile.ts';
import { watchTree } from './watchTree.ts';

export type { OpenTemplate } from './knownTemplates.ts';

/** Editors save in several steps; what comes within this time is one change. Milliseconds. */
const QUIET = 60;
/** The main thread is given back after so many milliseconds of work. */
const SLICE_MS = 8;
const BATCH = 50;

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

/**
 * The template files of a folder and its subfolders, kept as they are on disk. What did not change since it was indexed is not read. A
 * file that breaks keeps its last good version. The folder need not exist, and may vanish and come back.
 */
export function openTemplateFolder(options: TemplateFolderOptions): TemplateFolder {
  const { source, log, clock, store, reader, parser, onChange } = options;
  const root = path.resolve(options.path);
  const known = new KnownTemplates({
    source,
    root,
    log,
    clock,
    store,
    parser,
    idsFromNames: options.idsFromNames === true,
  });
  const touched = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  let working = false;
  let disposed = false;

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
  const walk = new FolderWalk({
    root,
    known,
    tree,
    log,
    parser,
    isForeign: (name) => options.isForeign?.(name) === true,
    onForeign: () => options.onForeign?.(),
  });

  function announce(): void {
    if (!known.changed || disposed) return;
    known.changed = false;
    onChange();
  }

  let firstDone = false;
  let pass: Pass | null = walk.first();

  function finishPass(): void {
    while (pass !== null && pass.next().done !== true) continue;
    pass = null;
    firstDone = true;
  }

  function readUnread(): void {
    for (const file of [...known.unread]) known.take(file, readTemplateFile(file, known.nameOf(file)));
    known.flush();
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
    while (known.unread.size > BULK && !stopped()) {
      const batch = [...known.unread].slice(0, BATCH).map((file) => ({ path: file, fileName: known.nameOf(file) }));
      const readings = await reader.readFiles(batch);
      if (stopped()) return;
      if (readings.length === 0) break;
      batch.forEach((each, place) => {
        if (known.unread.has(each.path)) known.take(each.path, readings[place] ?? null);
      });
      known.flush();
    }
    for (const file of [...known.unread]) {
      await turn();
      if (stopped()) return;
      if (!known.unread.has(file)) continue;
      if (sizeOf(file) <= SHORT) known.take(file, readTemplateFile(file, known.nameOf(file)));
      else {
        const [reading] = await reader.readFiles([{ path: file, fileName: known.nameOf(file) }]);
        if (stopped()) return;
        if (reading !== undefined && known.unread.has(file)) known.take(file, reading);
      }
      if (known.waiting >= BATCH) known.flush();
    }
    if (stopped()) return;
    known.flush();
    announce();
  }

  function touch(at: string): void {
    if (disposed || (at !== root && isHidden(path.basename(at)))) return;
    if (walk.isForeign(at)) {
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
        pass = walk.lookAt(paths);
        await inSlices();
      }
    } catch (error) {
      known.bug(error);
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
      known.bug(error);
    } finally {
      working = false;
    }
    void followUp();
  };

  function openNow(entry: TemplateEntry): OpenTemplate | null {
    const cached = known.opened(entry.path);
    if (cached !== undefined && cached.entry === known.entry(entry.path) && unchanged(cached.entry)) return cached;
    const reading = readTemplateFile(entry.path, entry.fileName);
    const now = known.take(entry.path, reading);
    known.flush();
    if (known.changed) setImmediate(announce);
    return now === null || reading === null ? null : known.openedFrom(now, reading);
  }

  return {
    source,
    path: options.path,
    root,
    ready: firstReading(),
    entries: () => known.list(),
    leftOut: () => walk.leftOut(),
    settle() {
      if (!firstDone) finishPass();
      else {
        const paths = [...touched];
        touched.clear();
        for (const at of paths) if (isTemplateName(path.basename(at)) && !walk.isChecks(at)) known.unread.add(at);
        // a whole folder of changes is read in the background
        if (known.unread.size > BULK) return;
      }
      readUnread();
      if (known.changed && firstDone) setImmediate(announce);
    },
    async prepare(entry) {
      if (entry.size <= SHORT || (known.opened(entry.path) !== undefined && unchanged(entry))) return;
      const [reading] = await reader.readFiles([{ path: entry.path, fileName: entry.fileName }]);
      if (reading === undefined || disposed) return;
      known.take(entry.path, reading);
      known.flush();
      announce();
    },
    open: (entry) => openNow(entry),
    async rescan() {
      touched.add(root);
      while (working && !disposed) await pause();
      await followUp();
    },
    wrote(file, by) {
      if (walk.isChecks(file)) {
        onChange();
        return null;
      }
      const entry = known.take(file, readTemplateFile(file, known.nameOf(file)), by);
      known.flush();
      known.changed = false;
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
