import { readdirSync } from 'node:fs';
import path from 'node:path';
import { watch } from 'chokidar';
import type { TemplateSource } from '../../../shared/domain/template.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import type { Log } from '../ports.ts';
import { readTemplateFile, withDuplicates, type TemplateFile } from './templateFile.ts';

/** Editors save in several steps; what comes within this time is one change. Milliseconds. */
const QUIET = 60;
/** Deeper than any library; stops at a link that leads back up. */
const MAX_DEPTH = 6;
const MAX_FILES = 5000;

export interface TemplateFolder extends Disposable {
  readonly path: string;
  /** Settles when every file has been read once and changes are seen from now on. Never rejects. */
  readonly ready: Promise<void>;
  /** By file name, with a warning where two carry the same id. Reads at once what has not been read yet. */
  files(): TemplateFile[];
}

interface Options {
  readonly source: TemplateSource;
  readonly path: string;
  readonly log: Log;
  /** After the first reading, and after each change on disk that changed something. */
  readonly onChange: () => void;
}

/**
 * The template files of a folder and its subfolders, kept as they are on disk. A file that breaks keeps its last good version. The
 * folder need not exist, and may vanish and come back.
 */
export function openTemplateFolder({ source, path: given, log, onChange }: Options): TemplateFolder {
  const folder = path.resolve(given);
  const files = new Map<string, TemplateFile>();
  const unread = new Set<string>(findFiles(folder));
  let listed: TemplateFile[] | null = null;
  let timer: NodeJS.Timeout | null = null;
  let disposed = false;

  /** True when what is known of the file is different now. */
  const readOne = (file: string): boolean => {
    unread.delete(file);
    listed = null;
    const before = files.get(file) ?? null;
    const now = readTemplateFile(source, folder, file, before);
    if (now === null) return files.delete(file);
    files.set(file, now);
    return before?.text !== now.text || before.hash !== now.hash || before.problems.length !== now.problems.length;
  };
  const readAll = (): boolean => [...unread].map(readOne).some(Boolean);

  const watcher = watch(folder, {
    ignoreInitial: true,
    depth: MAX_DEPTH,
    ignored: (each, stats) => (stats?.isFile() === true && !isTemplateName(each)) || (each !== folder && isHidden(path.basename(each))),
  });
  const seen = (file: string): void => {
    if (disposed || !isTemplateName(file)) return;
    unread.add(file);
    timer ??= setTimeout(() => {
      timer = null;
      if (readAll()) onChange();
    }, QUIET);
  };
  watcher.on('add', seen).on('change', seen).on('unlink', seen);
  watcher.on('error', (error) => log.write('warn', 'template_folder_unwatched', null, { folder, reason: error instanceof Error ? error.message : String(error) }));
  const { promise: watching, resolve: stopWaiting } = promiseToResolve();
  watcher.once('ready', stopWaiting);

  /** One file per turn of the event loop: a big library must not hold up the program. */
  const firstReading = async (): Promise<void> => {
    for (const file of [...unread]) {
      await new Promise((resolve) => void setImmediate(resolve));
      if (disposed) return;
      if (unread.has(file)) readOne(file);
    }
    await watching;
    if (disposed) return;
    // what was written between the listing and the first watch
    for (const file of findFiles(folder)) if (!files.has(file)) unread.add(file);
    readAll();
    onChange();
  };

  return {
    path: given,
    ready: firstReading(),
    files() {
      readAll();
      listed ??= withDuplicates([...files.values()].sort((a, b) => (a.fileName < b.fileName ? -1 : 1)));
      return listed;
    },
    async dispose() {
      disposed = true;
      stopWaiting();
      if (timer !== null) clearTimeout(timer);
      await watcher.close();
    },
  };
}

function promiseToResolve(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function isTemplateName(file: string): boolean {
  const name = path.basename(file);
  return /\.ya?ml$/i.test(name) && !isHidden(name);
}

/** Editors' temporary files, version control, and the samples that lie beside a template. */
function isHidden(name: string): boolean {
  return name.startsWith('.') || name.startsWith('~') || name.endsWith('~') || name.endsWith('.samples') || name === 'node_modules';
}

function findFiles(folder: string, depth = 0): string[] {
  try {
    const found = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !isHidden(entry.name))
      .flatMap((entry) => {
        const full = path.join(folder, entry.name);
        if (entry.isDirectory()) return depth < MAX_DEPTH ? findFiles(full, depth + 1) : [];
        return (entry.isFile() || entry.isSymbolicLink()) && isTemplateName(full) ? [full] : [];
      });
    return found.slice(0, MAX_FILES);
  } catch {
    return []; // not there, or not for us: the same as empty until that changes
  }
}
