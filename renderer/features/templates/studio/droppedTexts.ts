import { MAX_TEXT } from '../../../../shared/domain/bounds/limits.ts';

/** Small text files that a person hands over, with their names. */
export interface NamedText {
  name: string;
  text: string;
}

/** Beyond these nothing is a script or a form; the contract takes no more. */
const MAX_BYTES = MAX_TEXT;
const MAX_FILES = 50;

interface Found {
  readonly file: File;
  /** With the folders of the drop that it lies in. */
  readonly name: string;
}

/** Reads files in their order; what is too large for a script is left out. */
export async function textsOf(files: readonly File[]): Promise<NamedText[]> {
  return textsOfFound(files.map((file) => ({ file, name: file.name })));
}

async function textsOfFound(found: readonly Found[]): Promise<NamedText[]> {
  // pictures in the folder of an app are for its page
  const small = found
    .filter(({ file }) => file.size <= MAX_BYTES && !file.type.startsWith('image/'))
    .slice(0, MAX_FILES);
  return Promise.all(small.map(async ({ file, name }) => ({ name, text: await file.text() })));
}

/** The files of a drop; of a folder those that lie right in it or in its `template/`, where apps of Open OnDemand have their scripts. */
export async function droppedTexts(transfer: DataTransfer): Promise<NamedText[]> {
  // entries must be asked for before the first wait: the transfer is empty afterwards
  const found = [...transfer.items].map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const files = await Promise.all(
    found.map(async ({ entry, file }): Promise<Found[]> =>
      entry?.isDirectory ? filesIn(entry as FileSystemDirectoryEntry, '') : file ? [{ file, name: file.name }] : [],
    ),
  );
  return textsOfFound(files.flat());
}

async function filesIn(folder: FileSystemDirectoryEntry, above: string): Promise<Found[]> {
  const path = `${above}${folder.name}/`;
  const reader = folder.createReader();
  const entries: FileSystemEntry[] = [];
  // a reader answers with a part at a time, at last with nothing
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0 || entries.length > MAX_FILES) break;
    entries.push(...part);
  }
  const files = entries.filter((entry): entry is FileSystemFileEntry => entry.isFile);
  const own = await Promise.all(
    files.map(async (entry) => ({
      file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)),
      name: `${path}${entry.name}`,
    })),
  );
  const scripts =
    above === ''
      ? entries.find((entry): entry is FileSystemDirectoryEntry => entry.isDirectory && entry.name === 'template')
      : undefined;
  // what an app runs comes first: a folder may hold more than is taken
  return scripts === undefined ? own : [...(await filesIn(scripts, path)), ...own];
}
