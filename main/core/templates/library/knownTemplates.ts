import path from 'node:path';
import type { Template, TemplateSource } from '../../../../shared/domain/template/schema.ts';
import type { TemplateVersion } from '../../../../shared/domain/template/studio.ts';
import { ERRORS } from '../../../../shared/errors/codes.ts';
import { failureDetails } from '../../log/failure.ts';
import type { Clock, Log, TemplateRepository } from '../../ports.ts';
import { parseTemplate } from '../format/parseTemplate.ts';
import { idOfName, indexRecord, searchableText } from './indexRecord.ts';
import { searchable } from './searchWords.ts';
import { entryOf, withDuplicates, type TemplateEntry } from './templateEntry.ts';
import type { TemplateReading } from './templateFile.ts';

/** More than this many files are read in the worker: it takes longer to begin, and does not hold up the window. */
export const BULK = 64;
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

export interface KnownTemplatesOptions {
  readonly source: TemplateSource;
  readonly root: string;
  readonly log: Log;
  readonly clock: Pick<Clock, 'now'>;
  readonly store: TemplateRepository;
  /** Names the parser: an index that another one made is read anew. */
  readonly parser: string;
  /** Templates go by the names of their files, whatever id they carry. */
  readonly idsFromNames: boolean;
}

type Found = { entry: TemplateEntry; reading: TemplateReading; by: TemplateVersion['by'] };

/**
 * What is known of the files of a folder of templates: the index of the store, what was read since, and which files are still to be
 * read. It looks at no disk.
 */
export class KnownTemplates {
  /** Files that are new or changed since they were read. */
  readonly unread = new Set<string>();
  /** Something is different since this was last set to false. */
  changed = false;
  readonly #options: KnownTemplatesOptions;
  readonly #entries = new Map<string, TemplateEntry>();
  /** What the index says of files that are not looked at yet. */
  readonly #indexed = new Map<string, TemplateEntry>();
  readonly #opened = new Map<string, OpenTemplate>();
  readonly #found: Found[] = [];
  readonly #gone: string[] = [];
  #listed: TemplateEntry[] | null = null;

  constructor(options: KnownTemplatesOptions) {
    this.#options = options;
  }

  /** Relative to the folder, with `/`. */
  nameOf(file: string): string {
    return path.relative(this.#options.root, file).split(path.sep).join('/');
  }

  /** By file name, with a warning where two carry the same id. */
  list(): readonly TemplateEntry[] {
    this.#listed ??= withDuplicates([...this.#entries.values()].sort((a, b) => (a.fileName < b.fileName ? -1 : 1)));
    return this.#listed;
  }

  entry(file: string): TemplateEntry | undefined {
    return this.#entries.get(file);
  }

  /** Its entry, or what the index says of it. */
  lastKnown(file: string): TemplateEntry | undefined {
    return this.#entries.get(file) ?? this.#indexed.get(file);
  }

  /** Parsed, if it is kept. */
  opened(file: string): OpenTemplate | undefined {
    return this.#opened.get(file);
  }

  /** Files that are listed or will be. */
  files(): string[] {
    return [...this.#entries.keys(), ...this.unread];
  }

  /** Readings that are not in the store yet. */
  get waiting(): number {
    return this.#found.length;
  }

  /** What the index says of a file is what is on disk. */
  confirm(file: string): void {
    const known = this.#indexed.get(file);
    if (known === undefined || this.#entries.has(file)) return;
    this.#entries.set(file, known);
    this.#indexed.delete(file);
    this.#listed = null;
    this.changed = true;
  }

  drop(file: string): void {
    this.unread.delete(file);
    this.#indexed.delete(file);
    this.#opened.delete(file);
    if (!this.#entries.delete(file)) return;
    this.#gone.push(this.nameOf(file));
    this.#listed = null;
    this.changed = true;
  }

  /** Files of the index that are not on disk any more are forgotten. */
  dropUnseen(): void {
    for (const file of [...this.#indexed.keys()].filter((each) => !this.unread.has(each))) {
      this.#indexed.delete(file);
      this.#gone.push(this.nameOf(file));
    }
  }

  /** Takes note of a reading; null: the file is gone. */
  take(file: string, reading: TemplateReading | null, by: TemplateVersion['by'] = 'found'): TemplateEntry | null {
    this.unread.delete(file);
    if (reading !== null && reading.bug !== null)
      this.#options.log.write('error', 'bug', null, {
        error_code: ERRORS.INTERNAL.code,
        message: 'a template could not be read',
        file,
        stack: reading.bug,
      });
    if (reading === null) {
      this.drop(file);
      return null;
    }
    const { source, root, parser, idsFromNames } = this.#options;
    const before = this.lastKnown(file) ?? null;
    const good = this.#opened.get(file)?.template ?? null;
    const fileName = this.nameOf(file);
    const place = { source, root, path: file, fileName };
    const entry = entryOf(place, reading, before, parser, idsFromNames ? idOfName(fileName) : null);
    this.#entries.set(file, entry);
    this.#indexed.delete(file);
    this.#listed = null;
    this.#found.push({ entry, reading, by });
    if (
      before?.fileHash !== entry.fileHash ||
      before.problems.length !== entry.problems.length ||
      before.usable !== entry.usable
    )
      this.changed = true;
    // many at once would push out what is in use
    if (this.unread.size < BULK && reading.text !== null) {
      if (reading.template !== null) this.#remember({ entry, text: reading.text, template: reading.template });
      else if (good !== null && entry.usable) this.#remember({ entry, text: reading.text, template: good });
      else this.#opened.delete(file);
    } else this.#opened.delete(file);
    return entry;
  }

  /** A reading as it is opened: a broken file with its last good version, which may be in the store alone. */
  openedFrom(now: TemplateEntry, reading: TemplateReading): OpenTemplate {
    const kept = this.#opened.get(now.path);
    if (kept?.entry === now) return kept;
    const text = reading.text ?? '';
    if (reading.template !== null || !now.usable) return { entry: now, text, template: reading.template };
    const template = this.#lastGood(now);
    if (template !== null) return this.#remember({ entry: now, text, template });
    const unusable = { ...now, usable: false };
    this.#entries.set(now.path, unusable);
    this.#listed = null;
    return { entry: unusable, text, template: null };
  }

  /** Into the store, where the versions are; without it the library works all the same. */
  flush(): void {
    const { source, root, store, clock } = this.#options;
    const forgotten = this.#gone.splice(0);
    try {
      const readings = this.#found.splice(0).map(({ entry, reading, by }) => ({
        root,
        file: entry.fileName,
        entry: indexRecord(entry),
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
      this.#indexFailed(error);
    }
  }

  /** Reads the index of the store, a page between two yields. */
  *readIndex(): Generator<undefined, void> {
    const { source, root, store } = this.#options;
    try {
      for (let after: string | null = ''; after !== null;) {
        const page = store.indexed(root, after, PAGE);
        for (const { file, entry } of page.entries) {
          const full = path.join(root, file);
          this.#indexed.set(full, { ...entry, source, root, path: full, fileName: file });
        }
        after = page.last;
        yield;
      }
    } catch (error) {
      this.#indexFailed(error);
    }
  }

  /** A mistake of Slipway's own: the log has it, and the other files are read all the same. */
  bug(error: unknown, file: string | null = null): void {
    this.#options.log.write('error', 'bug', null, { ...failureDetails(error), ...(file === null ? {} : { file }) });
  }

  #indexFailed(error: unknown): void {
    const { log, root } = this.#options;
    log.write('error', 'template_index_failed', null, { folder: root, ...failureDetails(error, 'RECORD_FAILED') });
  }

  #remember(open: OpenTemplate): OpenTemplate {
    this.#opened.delete(open.entry.path);
    this.#opened.set(open.entry.path, open);
    for (const oldest of this.#opened.keys()) if (this.#opened.size > MAX_OPEN) this.#opened.delete(oldest);
    return open;
  }

  #lastGood({ id, hash, fileName, path: file }: TemplateEntry): Template | null {
    const { source, store } = this.#options;
    try {
      const text = store.version({ source, id }, hash);
      return text === null ? null : parseTemplate(text, fileName).template;
    } catch (error) {
      this.bug(error, file);
      return null;
    }
  }
}
