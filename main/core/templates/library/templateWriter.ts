import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { OutputOf, ParsedInputOf } from '../../../../shared/contract/index.ts';
import { isPortableName, portableName } from '../../../../shared/domain/template/fileNames.ts';
import { TemplateSource } from '../../../../shared/domain/template/schema.ts';
import type { TemplateVersion } from '../../../../shared/domain/template/studio.ts';
import { AppError } from '../../../../shared/errors/appError.ts';
import { message, type Message } from '../../../../shared/messages/message.ts';
import type { Store, TemplateRef } from '../../ports.ts';
import { withIdentity } from '../format/identity.ts';
import type { Located, TemplateLibraryService } from './library.ts';
import { idFromName } from './templateEntry.ts';
import type { TemplateFolder } from './templateFolder.ts';
import { copySamples, portableSamples, samplesBeside } from './samples.ts';
import { freeFile, inFolder, makeFolder, move, OWN, SHARED, writeWhole } from './writeTemplate.ts';

const ARCHIVED = 'archivedTemplates';
/** Where an archived template came from. */
const Archived = z.object({ source: TemplateSource, id: z.string(), root: z.string(), fileName: z.string() });

/** Writing of template files: new ones, changes, copies, and the way into the archive and back. */
export interface TemplateWriter {
  /** TEMPLATE_CHANGED, TEMPLATE_INVALID, TEMPLATE_EXISTS, TEMPLATE_READ_ONLY, TEMPLATE_NOT_FOUND, TEMPLATE_FOLDER_UNUSABLE, COMMUNITY_FOLDER_MISSING. */
  save(input: ParsedInputOf<'templates.save'>): Promise<OutputOf<'templates.save'>>;
  clone(input: ParsedInputOf<'templates.clone'>): OutputOf<'templates.clone'>;
  archive(ref: TemplateRef): void;
  /** TEMPLATE_EXISTS when its id has been taken meanwhile. */
  restore(id: string): OutputOf<'templates.restore'>;
  erase(id: string): void;
  versions(ref: TemplateRef): TemplateVersion[];
  /** TEMPLATE_VERSION_GONE. */
  version(ref: TemplateRef, hash: string): string;
}

/** Who may read what is saved there. */
const modeIn = (source: TemplateSource): number => (source === 'community' ? SHARED : OWN);

export function createTemplateWriter(
  library: TemplateLibraryService,
  store: Pick<Store, 'templates' | 'documents'>,
): TemplateWriter {
  const writableFolder = (source: 'private' | 'community'): TemplateFolder => {
    const folder = library.folder(source);
    if (folder === null)
      throw new AppError('COMMUNITY_FOLDER_MISSING', { details: { where: message('library.thisComputer') } });
    folder.settle();
    return folder;
  };
  /** A template that may be changed where it is. */
  const toChange = (ref: TemplateRef): Located => {
    const located = library.locate(ref);
    if (library.isOurs(located.folder)) return located;
    const reason =
      ref.source === 'community'
        ? message('library.communitys')
        : ref.source === 'archived'
          ? message('library.archived')
          : library.isSites(located.folder)
            ? message('library.sites', { part: ref.source })
            : message('library.official');
    throw new AppError('TEMPLATE_READ_ONLY', { details: { templateId: ref.id, reason } });
  };
  const whereOf = (folder: TemplateFolder): string | Message =>
    folder.source === 'private' ? message('library.ownTemplates') : folder.root;
  const refuseTaken = (folder: TemplateFolder, id: string, except: string | null): void => {
    const other = folder.entries().find((entry) => entry.id === id && entry.path !== except);
    if (other !== undefined)
      throw new AppError('TEMPLATE_EXISTS', {
        details: { templateId: id, where: whereOf(folder), file: other.fileName },
      });
  };
  /** An id that is new here: it names a file, on every system. */
  const refuseUnusable = (folder: TemplateFolder, id: string, except: string | null): void => {
    if (!isPortableName(id))
      throw new AppError('TEMPLATE_INVALID', {
        details: {
          reason: message('library.windowsName', { id }),
          templateId: id,
        },
        hint: message('library.otherId'),
      });
    const other = folder
      .entries()
      .find((entry) => entry.id.toLowerCase() === id.toLowerCase() && entry.path !== except);
    if (other !== undefined)
      throw new AppError('TEMPLATE_EXISTS', {
        details: { templateId: other.id, where: whereOf(folder), file: other.fileName },
      });
  };
  const written = (folder: TemplateFolder, file: string): ReturnType<TemplateLibraryService['open']> => {
    const entry = folder.wrote(file, 'saved');
    if (entry === null)
      throw new AppError('TEMPLATE_FOLDER_UNUSABLE', {
        details: { folder: folder.root, reason: message('library.removedAtOnce') },
      });
    return library.open({ folder, entry });
  };
  const complete = (opened: ReturnType<typeof written>): OutputOf<'templates.clone'> => {
    const { template, ...rest } = library.detail(opened);
    if (template === null)
      throw new AppError('TEMPLATE_INVALID', {
        details: {
          reason: opened.entry.problems[0]?.message ?? message('format.cannotBeRead'),
          templateId: opened.entry.id,
        },
      });
    return { ...rest, template };
  };

  return {
    async save({ source, id, baseHash, text, broken }) {
      const { template, problems } = await library.reader.parse(text, 'template.yaml');
      if (template === null && !broken) {
        const [first] = problems.filter((each) => each.severity === 'error');
        throw new AppError('TEMPLATE_INVALID', {
          details: { reason: first?.message ?? message('format.cannotBeRead'), problems },
        });
      }
      // from here to the rename nothing else runs
      if (id === undefined) {
        const folder = writableFolder(source);
        if (template !== null) refuseUnusable(folder, template.id, null);
        return library.detail(
          inFolder(folder.root, () => {
            makeFolder(folder.root, modeIn(source));
            const file = freeFile(folder.root, template?.id ?? 'template');
            writeWhole(file, text, modeIn(source));
            return written(folder, file);
          }),
        );
      }
      const { folder, entry } = toChange({ id, source });
      const now = folder.open(entry)?.entry.fileHash ?? '';
      if (now !== baseHash)
        throw new AppError('TEMPLATE_CHANGED', { details: { templateId: id, file: entry.fileName, hash: now } });
      if (template !== null) (template.id === entry.id ? refuseTaken : refuseUnusable)(folder, template.id, entry.path);
      return library.detail(
        inFolder(folder.root, () => {
          writeWhole(entry.path, text, modeIn(source));
          const saved = written(folder, entry.path);
          // its past goes along with a new id
          if (saved.entry.id !== id && library.withId({ id, source }).length === 0)
            store.templates.moveVersions({ id, source }, { id: saved.entry.id, source });
          return saved;
        }),
      );
    },

    clone({ id, source, newId, displayName }) {
      const located = library.locate({ id, source });
      const { entry, text, template } = library.open(located);
      const folder = writableFolder('private');
      if (newId !== undefined) refuseUnusable(folder, newId, null);
      const to = newId ?? freeId(folder, id);
      const copy = template === null ? null : withIdentity(text, to, displayName ?? `${template.displayName} (copy)`);
      if (copy === null)
        throw new AppError('TEMPLATE_INVALID', {
          details: {
            reason: message('library.brokenFile'),
            templateId: id,
            problems: entry.problems,
          },
        });
      return complete(
        inFolder(folder.root, () => {
          makeFolder(folder.root);
          const file = freeFile(folder.root, to);
          const samples = samplesBeside(entry.path);
          copySamples(samples, samplesBeside(file), portableSamples(samples, id));
          writeWhole(file, copy);
          return written(folder, file);
        }),
      );
    },

    archive(ref) {
      const { folder, entry } = toChange(ref);
      const archive = library.folder('archived');
      if (archive === null) throw new AppError('TEMPLATE_NOT_FOUND', { details: { templateId: ref.id } });
      // known before it is moved: after a crash in between it can be brought back
      const file = inFolder(archive.root, () => {
        makeFolder(archive.root);
        return freeFile(archive.root, idFromName(`${ref.id}.yaml`));
      });
      const key = path.basename(file, '.yaml');
      store.documents.set(ARCHIVED, key, {
        source: ref.source,
        id: ref.id,
        root: folder.root,
        fileName: entry.fileName,
      });
      inFolder(folder.root, () => {
        move(samplesBeside(entry.path), samplesBeside(file));
        move(entry.path, file);
      });
      if (library.withId(ref).filter((each) => each.path !== entry.path).length === 0)
        store.templates.moveVersions(ref, { source: 'archived', id: key });
      archive.wrote(file, 'saved');
      folder.wrote(entry.path, 'saved');
    },

    restore(key) {
      const { folder: archive, entry } = library.locate({ id: key, source: 'archived' });
      const isSites = library.isSites(archive);
      if (isSites && !library.isWritable(archive))
        throw new AppError('TEMPLATE_READ_ONLY', {
          details: {
            templateId: key,
            reason: message('library.archiveFixed'),
          },
        });
      const parsed = Archived.safeParse(store.documents.get(ARCHIVED, key));
      const from = isSites
        ? {
            source: 'community' as const,
            id: key,
            root: library.folder('community')?.root ?? '',
            fileName: entry.fileName,
          }
        : parsed.success
          ? parsed.data
          : null;
      const folder = writableFolder(
        from?.source === 'community' && library.folder('community') !== null ? 'community' : 'private',
      );
      const id = library.open({ folder: archive, entry }).template?.id ?? from?.id ?? key;
      refuseTaken(folder, id, null);
      const restored = inFolder(folder.root, () => {
        const before = from !== null && from.root === folder.root ? path.join(folder.root, from.fileName) : null;
        const file =
          before !== null && !existsSync(before) && !existsSync(samplesBeside(before))
            ? before
            : freeFile(before === null ? folder.root : path.dirname(before), idFromName(`${id}.yaml`));
        makeFolder(path.dirname(file), modeIn(folder.source));
        move(samplesBeside(entry.path), samplesBeside(file));
        move(entry.path, file);
        store.templates.moveVersions({ source: 'archived', id: key }, { source: folder.source, id });
        store.documents.delete(ARCHIVED, key);
        archive.wrote(entry.path, 'saved');
        return written(folder, file);
      });
      return complete(restored);
    },

    erase(key) {
      const { folder: archive, entry } = library.locate({ id: key, source: 'archived' });
      if (library.isSites(archive))
        throw new AppError('TEMPLATE_READ_ONLY', {
          details: { templateId: key, reason: message('library.archiveShared') },
        });
      inFolder(archive.root, () => {
        rmSync(samplesBeside(entry.path), { recursive: true, force: true });
        rmSync(entry.path, { force: true });
      });
      store.documents.delete(ARCHIVED, key);
      archive.wrote(entry.path, 'saved');
      store.templates.eraseVersions({ source: 'archived', id: key });
    },

    versions: (ref) => store.templates.versions(ref),

    version(ref, hash) {
      const text = store.templates.version(ref, hash);
      if (text === null) throw new AppError('TEMPLATE_VERSION_GONE', { details: { templateId: ref.id, hash } });
      return text;
    },
  };
}

function freeId(folder: TemplateFolder, id: string): string {
  const taken = new Set(folder.entries().map((entry) => entry.id.toLowerCase()));
  const base = `${portableName(id)
    .slice(0, 110)
    .replace(/[^A-Za-z0-9]+$/, '')}-copy`;
  for (let n = 1; ; n += 1) {
    const candidate = n === 1 ? base : `${base}-${String(n)}`;
    if (!taken.has(candidate.toLowerCase())) return candidate;
  }
}
