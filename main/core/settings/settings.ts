import { DEFAULT_SETTINGS, Settings } from '../../../shared/contract/program.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { HandlersOf } from '../core.ts';
import type { LocalPlaces } from '../services.ts';
import { setWithin } from '../boundedCollection.ts';
import type { DocumentRepository } from '../ports.ts';
import type { SettingsReader } from '../services.ts';

const FOLDERS = ['privateTemplates', 'communityTemplates'] as const;

export interface SettingsService extends SettingsReader {
  /** Keeps the changes and tells `onChange`. SETTING_INVALID, LOCAL_PLACE_REFUSED. */
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
export function createSettings({
  documents,
  places,
  onChange,
}: {
  documents: DocumentRepository;
  places: Pick<LocalPlaces, 'requireFolder'>;
  onChange: (settings: Settings) => void;
}): SettingsService {
  const stored = (): unknown => documents.get('settings', 'settings');
  /** A folder that was not granted is not used, however it came to be stored. */
  const usable = (settings: Settings): Settings => ({
    ...settings,
    ...Object.fromEntries(
      FOLDERS.filter((name) => settings[name] !== null && !admits(name, settings[name])).map((name) => [name, null]),
    ),
  });
  const admits = (name: string, folder: string): boolean => {
    try {
      places.requireFolder(name, folder);
      return true;
    } catch (error) {
      if (AppError.is(error, 'LOCAL_PLACE_REFUSED', 'SETTING_INVALID')) return false;
      throw error;
    }
  };
  let current = usable(readStored(stored()));
  return {
    current: () => current,
    update: (changes) => {
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      for (const name of FOLDERS) {
        const folder = given[name];
        if (typeof folder === 'string') places.requireFolder(name, folder);
      }
      const before = stored();
      const next = { ...(typeof before === 'object' ? before : {}), ...given };
      documents.set('settings', 'settings', next);
      current = usable(readStored(next));
      onChange(current);
      return current;
    },
  };
}

/** The template folders as they stand in the store, for whoever must know them before there are settings. */
export function storedTemplateFolders(documents: DocumentRepository): (string | null)[] {
  const settings = readStored(documents.get('settings', 'settings'));
  return FOLDERS.map((name) => settings[name]);
}

export function settingsHandlers(settings: SettingsService): HandlersOf<'settings'> {
  return {
    'settings.get': () => settings.current(),
    'settings.update': ({ changes }) => settings.update(changes),
  };
}

/** What a window remembers has names of its own making: sizes of panes, filters, columns. */
const MOST_REMEMBERED = 1000;

/** What the interface remembers by itself: text that only it understands. */
export function uiHandlers(documents: DocumentRepository): HandlersOf<'ui'> {
  return {
    'ui.get': ({ key }) => {
      const value = documents.get('ui', key);
      return { value: typeof value === 'string' ? value : null };
    },
    'ui.set': ({ key, value }) => {
      setWithin(documents, { collection: 'ui', most: MOST_REMEMBERED }, key, value);
      return {};
    },
  };
}
