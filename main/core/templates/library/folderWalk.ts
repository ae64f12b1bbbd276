import path from 'node:path';
import type { LeftOut } from '../../../../shared/contract/templates.ts';
import type { Log } from '../../ports.ts';
import { CHECKS_FILE } from '../format/folderChecks.ts';
import { joined, LeftOutList } from '../format/leftOut.ts';
import { entriesOf, isHidden, isTemplateName, statOf } from './folderFiles.ts';
import type { KnownTemplates } from './knownTemplates.ts';
import { modifiedAt } from './templateFile.ts';
import type { TreeWatch } from './watchTree.ts';

/** Deeper than any library; stops at a folder that is mounted into itself. */
const MAX_DEPTH = 6;
const MAX_FILES = 20_000;
/** Of one folder, whatever they are, and folders that are looked into: a library of that size is a mistake in the path. */
const MAX_ENTRIES = 50_000;
const MAX_FOLDERS = 2000;
/** So many entries of a folder are listed in between; they take a millisecond. */
const LOOK = 500;

/** Yields now and then, with a path that is looked at next, so that whoever drives it may wait until its disk answers. */
export type Pass = Generator<string | undefined, void>;

export interface FolderWalkOptions {
  readonly root: string;
  readonly known: KnownTemplates;
  readonly tree: TreeWatch;
  readonly log: Log;
  readonly parser: string;
  /** Folders directly in it that are not its own: nothing in them is looked at. */
  readonly isForeign: (name: string) => boolean;
  /** There is such a folder. */
  readonly onForeign: () => void;
}

/** Finds out which files of a folder of templates are new, changed or gone. It opens none of them. */
export class FolderWalk {
  readonly #options: FolderWalkOptions;
  /** What is beyond the bounds, by folder. */
  readonly #omitted = new Map<string, LeftOut>();

  constructor(options: FolderWalkOptions) {
    this.#options = options;
  }

  leftOut(): LeftOut {
    return joined(this.#omitted.values());
  }

  /** The site's own checks, which lie beside its templates and are none. */
  isChecks(file: string): boolean {
    return path.dirname(file) === this.#options.root && path.basename(file) === CHECKS_FILE;
  }

  isForeign(at: string): boolean {
    return path.dirname(at) === this.#options.root && this.#options.isForeign(path.basename(at));
  }

  /** The index, and all of the folder. */
  *first(): Pass {
    const { root, known } = this.#options;
    yield* known.readIndex();
    yield* this.#visit(root);
    known.dropUnseen();
  }

  /** What was touched, as folders to visit and files to read. */
  *lookAt(paths: readonly string[]): Pass {
    const { known, tree } = this.#options;
    for (const at of paths) {
      yield at;
      const now = statOf(at);
      if (now?.isDirectory() === true) yield* this.#visit(at);
      else if (now === undefined && !isTemplateName(path.basename(at))) {
        tree.remove(at);
        const isIn = (each: string): boolean => each === at || each.startsWith(at + path.sep);
        for (const folder of [...this.#omitted.keys()]) if (isIn(folder)) this.#omitted.delete(folder);
        for (const file of known.files()) if (isIn(file)) known.drop(file);
      } else if (isTemplateName(path.basename(at)) && !this.isChecks(at) && now?.isFile() !== false)
        known.unread.add(at);
      yield;
    }
  }

  /** Compares a file with what is known of it, without opening it. */
  #compare(file: string): void {
    const { known, parser } = this.#options;
    const entry = known.lastKnown(file);
    const now = statOf(file);
    const same =
      entry !== undefined &&
      entry.parser === parser &&
      now?.size === entry.size &&
      entry.modifiedAt !== 0 &&
      modifiedAt(now.mtimeMs) === entry.modifiedAt;
    if (same) known.confirm(file);
    else known.unread.add(file);
  }

  /** Looks through a folder: new and changed files become unread, those that are gone are dropped. */
  *#visit(folder: string): Pass {
    const { root, known, tree, log, onForeign } = this.#options;
    const seen = new Set<string>();
    const folders = [folder];
    let folderCount = 0;
    for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
      const here = at;
      yield here;
      tree.add(here);
      folderCount += 1;
      let listed = 0;
      const left = new LeftOutList();
      const nameIn = (name: string): string => known.nameOf(path.join(here, name));
      for (const item of entriesOf(here)) {
        listed += 1;
        if (listed > MAX_ENTRIES) {
          left.add(nameIn('…'), 'too-many');
          break;
        }
        if (listed % LOOK === 0) yield;
        const full = path.join(here, item.name);
        if (isHidden(item.name)) continue;
        if (item.isDirectory() && this.isForeign(full)) onForeign();
        else if (item.isDirectory()) {
          if (path.relative(root, full).split(path.sep).length > MAX_DEPTH)
            left.add(`${nameIn(item.name)}/`, 'too-deep');
          else if (folderCount + folders.length >= MAX_FOLDERS) left.add(`${nameIn(item.name)}/`, 'too-many');
          else folders.push(full);
        } else if ((item.isFile() || item.isSymbolicLink()) && isTemplateName(item.name) && !this.isChecks(full)) {
          if (seen.size >= MAX_FILES) {
            left.add(nameIn('…'), 'too-many');
            break;
          }
          seen.add(full);
          this.#compare(full);
          if (seen.size % 20 === 0) yield;
        }
      }
      const all = left.all();
      this.#omitted.delete(here);
      if (all.count > 0) {
        this.#omitted.set(here, all);
        log.write('warn', 'template_folder_too_large', null, { folder: here, ...all });
      }
      yield;
    }
    const inside = folder + path.sep;
    for (const file of known.files()) if (file.startsWith(inside) && !seen.has(file)) known.drop(file);
  }
}
