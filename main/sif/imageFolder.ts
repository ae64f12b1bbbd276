import { IMAGE_LIMITS } from '../../shared/domain/image/metadataLimits.ts';
import { contentsOfAttributes, FileText, type FoundContents } from './contents.ts';
import { READ_LIMITS } from './limits.ts';
import { decoded } from './numbers.ts';

/** An unpacked image, or the root of a file system: paths begin with `/`, which is the root of the image. */
export interface ImageFolder {
  /** The entries of a folder; null where there is no such folder. A link is `other`. */
  list(path: string): Promise<readonly { readonly name: string; readonly kind: 'file' | 'folder' | 'other' }[] | null>;
  /** The first `most` bytes of a file, and whether there are more; null where there is no such file. */
  read(path: string, most: number): Promise<{ readonly bytes: Uint8Array; readonly cut: boolean } | null>;
}

/** Apps that are looked into; of the others the name is known. */
const APPS_LOOKED_INTO = 32;
/** Attributes by the names of their files. Source: apptainer, cmd/internal/cli/inspect.go. */
const FILES = {
  labels: 'labels.json',
  deffile: 'Singularity',
  runscript: 'runscript',
  startscript: 'startscript',
  test: 'test',
  helpfile: 'runscript.help',
} as const;
/** Bytes that are read of one, where it is more than of a script. */
const MOST: Readonly<Record<string, number>> = { labels: READ_LIMITS.text, deffile: READ_LIMITS.text };
/** Those files of the environment that are the image's own: the others are in every image. */
const OWN_ENVIRONMENT = /^(10-docker.*\.sh|9.*-environment\.sh)$/;

/**
 * What `/.singularity.d` and `/scif/apps` say, as `apptainer inspect` reads them of a sandbox; links are not followed, which may lead out of the image. Null
 * where there is no such folder.
 */
export async function contentsOfFolder(folder: ImageFolder): Promise<FoundContents | null> {
  const own = await attributesBelow(folder, '/.singularity.d');
  if (own === null) return null;
  const scif = (await folder.list('/scif')) ?? [];
  const listed = scif.some(({ name }) => name === 'apps') ? ((await folder.list('/scif/apps')) ?? []) : [];
  const apps = listed.filter(({ kind }) => kind === 'folder').map(({ name }) => name);
  const described = await Promise.all(
    apps.slice(0, APPS_LOOKED_INTO).map(async (app) => attributesBelow(folder, `/scif/apps/${app}/scif`)),
  );
  const found = contentsOfAttributes(
    {
      ...own,
      // an app is a folder that has a folder scif; those that were not looked into are taken for apps
      apps: Object.fromEntries(
        apps.flatMap((app, index) => {
          const attributes = index < APPS_LOOKED_INTO ? described[index] : {};
          return attributes == null ? [] : [[app, attributes]];
        }),
      ),
    },
    'labelsFile',
  );
  return apps.length <= APPS_LOOKED_INTO
    ? found
    : { ...found, unknown: [...found.unknown, { field: 'apps', why: 'tooLarge' }] };
}

async function attributesBelow(folder: ImageFolder, path: string): Promise<Record<string, unknown> | null> {
  const entries = await folder.list(path);
  if (entries === null) return null;
  const files = new Set(entries.filter(({ kind }) => kind === 'file').map(({ name }) => name));
  const hasEnvironment = entries.some(({ name, kind }) => name === 'env' && kind === 'folder');
  const [attributes, environment] = await Promise.all([
    Promise.all(
      Object.entries(FILES)
        .filter(([, name]) => files.has(name))
        .map(
          async ([attribute, name]) => [attribute, await textOf(folder, `${path}/${name}`, MOST[attribute])] as const,
        ),
    ),
    hasEnvironment ? environmentBelow(folder, `${path}/env`) : {},
  ]);
  const byName: Record<string, unknown> = { ...Object.fromEntries(attributes), environment };
  const { labels } = byName;
  return { ...byName, labels: labels instanceof FileText ? labels.text : null };
}

async function environmentBelow(folder: ImageFolder, path: string): Promise<Record<string, FileText>> {
  const entries = (await folder.list(path)) ?? [];
  const own = entries
    .filter(({ name, kind }) => kind === 'file' && OWN_ENVIRONMENT.test(name))
    .slice(0, IMAGE_LIMITS.environmentFiles);
  const texts = await Promise.all(
    own.map(async ({ name }) => [name, await textOf(folder, `${path}/${name}`)] as const),
  );
  return Object.fromEntries(texts.filter((each): each is [string, FileText] => each[1] !== null));
}

async function textOf(folder: ImageFolder, path: string, most: number = IMAGE_LIMITS.script): Promise<FileText | null> {
  const file = await folder.read(path, most);
  return file === null ? null : new FileText(decoded(file.bytes), file.cut);
}
