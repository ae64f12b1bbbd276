import path from 'node:path';
import { DEFAULT_SETTINGS, Settings } from '../../../shared/contract/program.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { HandlersOf } from '../core.ts';
import type { DocumentRepository } from '../ports.ts';
import type { SettingsReader } from '../services.ts';

const FOLDERS = ['privateTemplates', 'communityTemplates'] as const;

export interface SettingsService extends SettingsReader {
  /** Keeps the changes and tells `onChange`. SETTING_INVALID. */
  update(changes: { [K in keyof Settings]?: Settings[K] | undefined }): Settings;
}

/** What is stored, each value for itself: one that this version does not accept falls back to its default alone. */
function readStored(stored: unknown): Settings {
  const given = typeof stored === 'object' && stored !== null ? (stored as Record<string, unknown>) : {};
  const good = Object.entries(Settings.shape).flatMap(([name, schema]) => {
    const parsed = schema.safeParse(given[name]);
    return parsed.success ? [[name, parsed.data]] : [];
  });
  return Settings.parse({ ...DEFAULT_SETTINGS, ...Object.fromEntries(good) });
}

/** The person's settings, kept in the store: only what was changed, so that the rest follows the defaults of later versions. */
export function createSettings({ documents, onChange }: { documents: DocumentRepository; onChange: (settings: Settings) => void }): SettingsService {
  const stored = (): unknown => documents.get('settings', 'settings');
  let current = readStored(stored());
  return {
    current: () => current,
    update: (changes) => {
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      for (const name of FOLDERS) {
        const folder = given[name];
        if (typeof folder === 'string' && !path.isAbsolute(folder)) {
          throw new AppError('SETTING_INVALID', { details: { name, reason: 'a whole path is needed, from the root of the file system' } });
        }
      }
      const before = stored();
      const next = { ...(typeof before === 'object' ? before : {}), ...given };
      documents.set('settings', 'settings', next);
      current = readStored(next);
      onChange(current);
      return current;
    },
  };
}

export function settingsHandlers(settings: SettingsService): HandlersOf<'settings'> {
  return {
    'settings.get': () => settings.current(),
    'settings.update': ({ changes }) => settings.update(changes),
  };
}

/** What the interface remembers by itself: text that only it understands. */
export function uiHandlers(documents: DocumentRepository): HandlersOf<'ui'> {
  return {
    'ui.get': ({ key }) => {
      const value = documents.get('ui', key);
      return { value: typeof value === 'string' ? value : null };
    },
    'ui.set': ({ key, value }) => {
      documents.set('ui', key, value);
      return {};
    },
  };
}
