import { samplePaths } from './samples.ts';
import { accessSync, constants, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { TemplateDetail, TemplateSummary } from '../../../../shared/contract/templates.ts';
import type { OutputOf } from '../../../../shared/contract/index.ts';
import type { ClusterId } from '../../../../shared/domain/ids.ts';
import type { TemplateSource } from '../../../../shared/domain/template/schema.ts';
import { AppError } from '../../../../shared/errors/appError.ts';
import type { Disposable } from '../../../../shared/lib/disposable.ts';
import { message } from '../../../../shared/messages/message.ts';
import { failureDetails } from '../../log/failure.ts';
import type { CorePorts, Store, TemplateRef } from '../../ports.ts';
import type { Emit } from '../../program/events.ts';
import type { SettingsReader, TemplateLibrary } from '../../services.ts';
import { createFolderChecks, withChecks, type FolderChecks } from '../format/folderChecks.ts';
import { joined } from '../format/leftOut.ts';
import {
  notPublic,
  rootsOfChecks,
  shownEntries,
  wantedPlaces,
  type ClusterCommunity,
  type OpenPlace,
  type WantedPlace,
} from './libraryPlaces.ts';
import { excerpt, matchExpression, queryWords } from './searchWords.ts';
import { isSiteFolder, localUser } from './siteTree.ts';
import type { TemplateEntry } from './templateEntry.ts';
import { openTemplateFolder, type OpenTemplate, type TemplateFolder } from './templateFolder.ts';
import { createTemplateReader, type TemplateReader } from '../format/templateReader.ts';

/** Names the parser of the index, with the program's version: raise it when the same text gives another summary. */
const INDEX = 5;
/** A first reading of thousands of files is not waited for longer than this before what is known is listed. Milliseconds. */
const PATIENCE_MS = 1500;
/** Matches beyond those that are asked for, in place of ones that are hidden by others. */
const SPARE = 50;
const FAVOURITES = 'favouriteTemplates';

interface TemplateLibraryDependencies {
  readonly folders: CorePorts['folders'];
  readonly settings: SettingsReader;
  readonly store: Pick<Store, 'templates' | 'documents'>;
  readonly clock: Pick<CorePorts['clock'], 'now'>;
  readonly log: CorePorts['log'];
  readonly emit: Emit;
  /** The program's version. */
  readonly version: string;
  readonly communities: () => readonly ClusterCommunity[];
  /** The login name on this computer. */
  readonly user?: string | null;
}

/** A template in its folder. */
export interface Located {
  readonly folder: TemplateFolder;
  readonly entry: TemplateEntry;
}

export interface TemplateLibraryService extends TemplateLibrary, Disposable {
  readonly reader: TemplateReader;
  /** Settles when `list` and `search` know what is worth showing: `ready`, or a good part of a library of thousands. */
  readonly listable: Promise<void>;
  /** All templates, those of the first source first, broken ones with their problems; and those of the archive if they are wanted. */
  list(archived?: boolean): TemplateSummary[];
  search(query: string, limit: number): (TemplateRef & { score: number; excerpt: string })[];
  /** Reads what is large in the worker, so that the next `get` does not hold up the main thread. */
  prepare(id: string, source?: TemplateSource): Promise<void>;
  /** TEMPLATE_NOT_FOUND. */
  text(ref: TemplateRef): { text: string; hash: string; fileName: string; problems: TemplateEntry['problems'] };
  /** Where a template is. TEMPLATE_NOT_FOUND. */
  locate(ref: TemplateRef): Located;
  /** What the names of file checks mean, folder by folder, for a text that is in none yet. */
  fileChecks(): readonly FolderChecks[];
  /** All that go by this id in a source. */
  withId(ref: TemplateRef): TemplateEntry[];
  /** The template with its text, also when it has never been good. TEMPLATE_NOT_FOUND when it has just gone. */
  open(located: Located): OpenTemplate;
  detail(open: OpenTemplate): Omit<TemplateDetail, 'template'> & { template: OpenTemplate['template'] };
  /** A folder whose templates are changed where they are: the person's own, and shared ones on this computer. */
  isOurs(folder: TemplateFolder): boolean;
  /** The `official`, `private` or `archived` part of a shared folder. */
  isSites(folder: TemplateFolder): boolean;
  /** On this computer, and open to this person for writing. */
  isWritable(folder: TemplateFolder): boolean;
  /** The local folder of a source, or null where none is set. */
  folder(source: 'private' | 'community' | 'archived'): TemplateFolder | null;
  /** The copy here of a cluster's community folder, or null where its profile names none. */
  communityOf(clusterId: ClusterId): {
    readonly folder: TemplateFolder;
    /** Of the whole copy; `folder` may be a part of it. */ readonly path: string;
  } | null;
  /** Takes note of a file that was copied or removed from outside. */
  found(file: string): void;
  /** Looks at every folder anew; resolves when all is known. */
  rescan(): Promise<void>;
  /** Every folder that is open, with what of it is left out. */
  folders(): OutputOf<'templates.folders'>;
  setFavourite(ref: TemplateRef, favourite: boolean): void;
  /** Opens the folders that the settings and profiles name now. */
  settingsChanged(): void;
}

/** A template of an earlier source hides one with the same id of a later source, unless a source is named. */
const ORDER: readonly TemplateSource[] = ['private', 'community', 'official'];

/** The templates of all folders, kept as they are on disk. Watches the folders until it is disposed. */
export function createTemplateLibrary({
  folders,
  settings,
  store,
  clock,
  log,
  emit,
  version,
  communities,
  user = localUser(),
}: TemplateLibraryDependencies): TemplateLibraryService {
  const open = new Map<string, OpenPlace>();
  const reader = createTemplateReader((error) =>
    log.write('error', 'template_reader_failed', null, failureDetails(error)),
  );
  const privateFolder = path.join(folders.data, 'templates', 'private');
  const archiveFolder = path.join(folders.data, 'templates', 'archived');
  for (const folder of [privateFolder, archiveFolder]) {
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      log.write('warn', 'template_folder_unavailable', null, {
        folder,
        ...failureDetails(error, 'TEMPLATE_FOLDER_UNUSABLE'),
      });
    }
  }

  const wanted = (): WantedPlace[] => {
    const { privateTemplates, communityTemplates } = settings.current();
    return wantedPlaces({
      privateTemplates: privateTemplates ?? privateFolder,
      communityTemplates,
      user,
      communities: communities(),
      officialTemplates: folders.officialTemplates,
      archive: archiveFolder,
    });
  };
  /** The open folders, those of one source in the order in which they hide each other. */
  let places: readonly OpenPlace[] = [];
  let patience = Promise.resolve();
  let disposed = false;
  const openFolders = (): boolean => {
    let changed = false;
    const now = wanted();
    for (const [key, each] of [...open]) {
      const still = now.find(({ key: name, folder }) => name === key && folder === each.folder.path);
      if (still !== undefined) continue;
      changed = true;
      open.delete(key);
      void each.folder.dispose();
    }
    for (const { key, source, folder, ...belonging } of now) {
      const already = open.get(key);
      if (already !== undefined) open.set(key, { folder: already.folder, ...belonging });
      else {
        changed = true;
        const opened = openTemplateFolder({
          source,
          path: folder,
          log,
          clock,
          store: store.templates,
          reader,
          parser: `${version}/${String(INDEX)}`,
          idsFromNames: source === 'archived',
          ...(folder === belonging.shared ? { isForeign: isSiteFolder, onForeign: lookForTrees } : {}),
          onChange: () => emit('templates.changed', {}),
        });
        open.set(key, { folder: opened, ...belonging });
      }
    }
    if (changed) patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref());
    places = now.flatMap(({ key }) => open.get(key) ?? []);
    try {
      if (changed) store.templates.keepRoots(Array.from(open.values(), ({ folder }) => folder.root));
    } catch (error) {
      log.write('error', 'template_index_failed', null, failureDetails(error, 'RECORD_FAILED'));
    }
    return changed;
  };
  openFolders();

  let looking = false;
  /** A shared folder has parts that it did not have; what is in them is read as what they are. */
  function lookForTrees(): void {
    if (looking) return;
    looking = true;
    setImmediate(() => {
      looking = false;
      if (!disposed && openFolders()) emit('templates.changed', {});
    });
  }

  const ready = (): Promise<void> =>
    Promise.all(Array.from(open.values(), ({ folder }) => folder.ready)).then(() => undefined);
  const listable = (): Promise<void> => Promise.race([ready(), patience]);

  const of = (source: TemplateSource): typeof places => places.filter(({ folder }) => folder.source === source);
  const locatedIn = (source: TemplateSource, id: string): Located[] =>
    of(source).flatMap(({ folder }) => {
      folder.settle();
      return folder.entries().flatMap((entry) => (entry.id === id ? [{ folder, entry }] : []));
    });
  const find = (id: string, source?: TemplateSource): Located => {
    const candidates = (source === undefined ? ORDER : [source]).flatMap((each) => locatedIn(each, id));
    // a broken file does not hide a good one
    const found = candidates.find(({ entry }) => entry.usable) ?? candidates[0];
    if (found === undefined) throw new AppError('TEMPLATE_NOT_FOUND', { details: { templateId: id } });
    return found;
  };
  const openLocated = ({ folder, entry }: Located): OpenTemplate => {
    const opened = folder.open(entry);
    if (opened === null) throw new AppError('TEMPLATE_NOT_FOUND', { details: { templateId: entry.id } });
    // with the warning of a second file with its id
    const listed = folder.entries().find((each) => each.path === opened.entry.path);
    return listed === undefined ? opened : { ...opened, entry: listed };
  };

  const checksIn = createFolderChecks();
  /** What the names of checks mean: in a template's own folder, in the shared folder that it is a part of, then in the others. */
  const checksFor = (own: string | null): FolderChecks[] => rootsOfChecks(places, own).map(checksIn);

  /** Everything of a summary that is not in the file. */
  function summaries(): (place: OpenPlace) => (entry: TemplateEntry) => TemplateSummary {
    const favourites = new Set(store.documents.keys(FAVOURITES));
    const usage = new Map(store.templates.usage().map((each) => [`${each.source}/${each.id}`, each]));
    return ({ folder, origin, site }) => {
      const writable = isOurs(folder) && canWrite(folder.root);
      return ({
        id,
        source,
        hash,
        problems,
        usable,
        displayName,
        description,
        category,
        tags,
        version: of,
        author,
        isPublic,
      }) => {
        const used = usage.get(`${source}/${id}`);
        return {
          id,
          source,
          displayName,
          description,
          category,
          tags,
          version: of,
          author,
          hash,
          problems,
          usable,
          writable,
          isPublic,
          site,
          favourite: favourites.has(`${source}/${id}`),
          uses: used?.uses ?? 0,
          lastUsedAt: used?.lastAt ?? null,
          origin: origin === null ? null : { clusterId: origin.clusterId, syncedAt: origin.syncedAt },
        };
      };
    };
  }
  const summaryOf = (entry: TemplateEntry): TemplateSummary => {
    const place = of(entry.source).find(({ folder }) => folder.root === entry.root);
    if (place === undefined) throw new AppError('TEMPLATE_NOT_FOUND', { details: { templateId: entry.id } });
    return summaries()(place)(entry);
  };
  const detail: TemplateLibraryService['detail'] = ({ entry, text, template }) => ({
    ...summaryOf(entry),
    template,
    text,
    fileHash: entry.fileHash,
    fileName: entry.fileName,
  });

  const placeOf = (folder: TemplateFolder): OpenPlace | undefined => places.find((place) => place.folder === folder);
  function isOurs(folder: TemplateFolder): boolean {
    const place = placeOf(folder);
    return place?.origin === null && !place.site && (folder.source === 'private' || folder.source === 'community');
  }
  return {
    reader,
    get ready() {
      return ready();
    },
    get listable() {
      return listable();
    },

    list(archived = false) {
      const make = summaries();
      return (archived ? [...ORDER, 'archived' as const] : ORDER).flatMap((source) =>
        shownEntries(of(source), user).flatMap(({ place, entries }) => entries.map(make(place))),
      );
    },

    search(query, limit) {
      const expression = matchExpression(query);
      if (expression === null) return [];
      const words = queryWords(query);
      const byFile = new Map(
        ORDER.flatMap((source) => shownEntries(of(source), user)).map(({ place, entries }) => [
          place.folder.root,
          new Map(entries.map((entry) => [entry.fileName, entry])),
        ]),
      );
      const seen = new Set<string>();
      const results = store.templates.search(expression, limit + SPARE).flatMap(({ root, file, score, text }) => {
        const entry = byFile.get(root)?.get(file);
        const name = `${entry?.source ?? ''}/${entry?.id ?? ''}`;
        if (entry === undefined || seen.has(name)) return [];
        seen.add(name);
        return [{ id: entry.id, source: entry.source, score, text }];
      });
      return results.slice(0, limit).map(({ text, ...found }) => ({ ...found, excerpt: excerpt(text, words) }));
    },

    async prepare(id, source) {
      const { folder, entry } = find(id, source);
      await folder.prepare(entry);
    },

    get(id, source): TemplateDetail {
      const opened = openLocated(find(id, source));
      if (opened.template === null) {
        const { problems, fileName } = opened.entry;
        const [first] = problems.filter((each) => each.severity === 'error');
        throw new AppError('TEMPLATE_INVALID', {
          details: {
            reason: first?.message ?? message('format.cannotBeRead'),
            templateId: id,
            file: fileName,
            problems,
          },
        });
      }
      return { ...detail(opened), template: withChecks(opened.template, () => checksFor(opened.entry.root)) };
    },

    text({ id, source }) {
      const { entry, text } = openLocated(find(id, source));
      return { text, hash: entry.fileHash, fileName: entry.fileName, problems: entry.problems };
    },

    fileChecks: () => checksFor(null),

    locate: ({ id, source }) => find(id, source),
    withId: ({ id, source }) => locatedIn(source, id).map(({ entry }) => entry),
    open: openLocated,
    detail,
    folder: (source) => open.get(source)?.folder ?? null,

    isOurs,
    isSites: (folder) => placeOf(folder)?.site === true,
    isWritable: (folder) => placeOf(folder)?.origin === null && canWrite(folder.root),

    communityOf: (clusterId) => {
      const place = open.get(`community:${clusterId}`);
      return place === undefined || place.origin === null ? null : { folder: place.folder, path: place.origin.path };
    },

    found(file) {
      const inside = places
        .filter(({ folder }) => file.startsWith(folder.root + path.sep))
        .sort((a, b) => b.folder.root.length - a.folder.root.length);
      inside[0]?.folder.wrote(file, 'found');
    },

    async rescan() {
      openFolders();
      await Promise.all(places.map(({ folder }) => folder.rescan()));
    },

    folders: () =>
      places.map((place) => {
        const { folder, origin, site } = place;
        // what was not copied is told with the part of the copy that is always there
        const kept = notPublic(place, user);
        const notCopied =
          origin !== null && open.get(`community:${origin.clusterId}`)?.folder === folder ? [origin.leftOut] : [];
        return {
          source: folder.source,
          site,
          clusterId: origin?.clusterId ?? null,
          syncedAt: origin?.syncedAt ?? null,
          templates: folder.entries().length - kept.count,
          leftOut: joined([...notCopied, folder.leftOut(), kept]),
        };
      }),

    setFavourite({ id, source }, favourite) {
      if (favourite) store.documents.set(FAVOURITES, `${source}/${id}`, true);
      else store.documents.delete(FAVOURITES, `${source}/${id}`);
      emit('templates.changed', {});
    },

    samples: (id, source) => samplePaths(find(id, source).entry.path),

    settingsChanged() {
      if (openFolders()) emit('templates.changed', {});
    },

    async dispose() {
      disposed = true;
      const all = [...open.values()];
      open.clear();
      for (const { folder } of all) await folder.dispose();
      await reader.dispose();
    },
  };
}

function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
