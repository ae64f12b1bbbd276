import { MAX_TEXT } from '../../../shared/domain/bounds.ts';

/** Small text files that a person hands over, with their names. */
export interface NamedText {
  name: string;
  text: string;
}

/** Beyond these nothing is a script or a form; the contract takes no more. */
const MAX_BYTES = MAX_TEXT;
const MAX_FILES = 50;

/** Reads files in their order; what is too large for a script is left out. */
export async function textsOf(files: readonly File[]): Promise<NamedText[]> {
  const small = files.filter((file) => file.size <= MAX_BYTES).slice(0, MAX_FILES);
  return Promise.all(small.map(async (file) => ({ name: file.name, text: await file.text() })));
}

/** The files of a drop; of a folder those that lie right in it. */
export async function droppedTexts(transfer: DataTransfer): Promise<NamedText[]> {
  // entries must be asked for before the first wait: the transfer is empty afterwards
  const found = [...transfer.items].map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const files = await Promise.all(found.map(async ({ entry, file }) => (entry?.isDirectory ? filesIn(entry as FileSystemDirectoryEntry) : file ? [file] : [])));
  return textsOf(files.flat());
}

async function filesIn(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader();
  const entries: FileSystemEntry[] = [];
  // a reader answers with a part at a time, at last with nothing
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0 || entries.length > MAX_FILES) break;
    entries.push(...part);
  }
  const files = entries.filter((entry): entry is FileSystemFileEntry => entry.isFile);
  return Promise.all(files.map((entry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject))));
}
