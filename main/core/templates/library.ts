import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { TemplateDetail, TemplateSummary } from '../../../shared/contract/templates.ts';
import type { TemplateSource } from '../../../shared/domain/template.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import type { CorePorts } from '../ports.ts';
import type { Emit } from '../program/events.ts';
import type { SettingsReader, TemplateLibrary } from '../services.ts';
import { isUsable, type TemplateFile } from './templateFile.ts';
import { openTemplateFolder, type TemplateFolder } from './templateFolder.ts';

interface Parts {
  readonly folders: CorePorts['folders'];
  readonly settings: SettingsReader;
  readonly log: CorePorts['log'];
  readonly emit: Emit;
}

export interface TemplateLibraryService extends TemplateLibrary, Disposable {
  /** Settles when every folder has been read once. `get` and `list` do not need it: they read what is missing at once. */
  readonly ready: Promise<void>;
  /** All templates, those of the first source first, broken ones with their problems. */
  list(): TemplateSummary[];
  /** Where the samples of a template lie, whether or not there are any. TEMPLATE_NOT_FOUND. */
  samplesFolder(id: string, source?: TemplateSource): string;
  /** Opens the folders that the settings name now. */
  settingsChanged(): void;
}

/** A template of an earlier source hides one with the same id of a later source, unless a source is named. */
const ORDER: readonly TemplateSource[] = ['private', 'community', 'official'];

/** The templates of all folders, kept as they are on disk. Watches the folders until it is disposed. */
export function createTemplateLibrary({ folders, settings, log, emit }: Parts): TemplateLibraryService {
  const sources = new Map<TemplateSource, TemplateFolder>();
  const privateFolder = path.join(folders.data, 'templates', 'private');
  try {
    mkdirSync(privateFolder, { recursive: true });
  } catch (error) {
    log.write('warn', 'template_folder_unavailable', null, { folder: privateFolder, reason: String(error) });
  }

  const wanted = (): [TemplateSource, string | null][] => {
    const { privateTemplates, communityTemplates } = settings.current();
    return [
      ['private', privateTemplates ?? privateFolder],
      ['community', communityTemplates],
      ['official', folders.officialTemplates],
    ];
  };
  const openFolders = (): boolean => {
    let changed = false;
    for (const [source, folder] of wanted()) {
      const open = sources.get(source);
      if ((open?.path ?? null) === folder) continue;
      changed = true;
      sources.delete(source);
      void open?.dispose();
      if (folder !== null) sources.set(source, openTemplateFolder({ source, path: folder, log, onChange: () => emit('templates.changed', {}) }));
    }
    return changed;
  };
  openFolders();

  const filesOf = (source: TemplateSource): TemplateFile[] => sources.get(source)?.files() ?? [];
  const find = (id: string, source?: TemplateSource): TemplateFile => {
    const candidates = (source === undefined ? ORDER : [source]).flatMap((each) => filesOf(each).filter((file) => file.id === id));
    // a broken file does not hide a good one
    const found = candidates.find(isUsable) ?? candidates[0];
    if (found === undefined) throw new AppError('TEMPLATE_NOT_FOUND', { details: { templateId: id } });
    return found;
  };

  return {
    get ready() {
      return Promise.all(Array.from(sources.values(), (folder) => folder.ready)).then(() => undefined);
    },

    list: () => ORDER.flatMap((source) => filesOf(source).map(summaryOf)),

    get(id, source): TemplateDetail {
      const file = find(id, source);
      if (file.template === null) {
        const [first] = file.problems.filter((each) => each.severity === 'error');
        throw new AppError('TEMPLATE_INVALID', { details: { reason: first?.message ?? 'it cannot be read', templateId: id, file: file.fileName, problems: file.problems } });
      }
      return { ...summaryOf(file), template: file.template, text: file.text, fileName: file.fileName };
    },

    samplesFolder(id, source) {
      return find(id, source).path.replace(/\.ya?ml$/i, '.samples');
    },

    settingsChanged() {
      if (openFolders()) emit('templates.changed', {});
    },

    async dispose() {
      const open = [...sources.values()];
      sources.clear();
      for (const folder of open) await folder.dispose();
    },
  };
}

function summaryOf(file: TemplateFile): TemplateSummary {
  const { id, source, hash, problems, template } = file;
  return {
    id,
    source,
    hash,
    problems: [...problems],
    usable: template !== null,
    displayName: template?.displayName ?? file.fileName,
    description: template?.description ?? '',
    category: template?.category ?? 'custom',
    tags: template?.tags ?? [],
    version: template?.version ?? '',
    author: template?.author ?? '',
  };
}
