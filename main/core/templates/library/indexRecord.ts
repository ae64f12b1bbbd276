/** What the index keeps of a template file, and the words by which it is found. */
import path from 'node:path';
import type { IndexedTemplate } from '../../../../shared/domain/template/indexed.ts';
import { searchable, searchWords } from './searchWords.ts';
import type { TemplateEntry } from './templateEntry.ts';

/** What is stored of an entry: all but its place, which the store knows it by. */
export function indexRecord(entry: TemplateEntry): IndexedTemplate {
  const { source: _source, root: _root, path: _path, fileName: _fileName, ...record } = entry;
  return record;
}

/** The words of a file that never was a template: its name, and what it says. */
export function searchableText(fileName: string, text: string | null): ReturnType<typeof searchable> {
  return {
    text: `${fileName}\n${(text ?? '').slice(0, 20_000)}`,
    name: searchWords(fileName),
    about: '',
    fields: '',
    script: searchWords(text ?? ''),
  };
}

/** The id of a template that goes by the name of its file. */
export function idOfName(fileName: string): string {
  return path.posix.basename(fileName).replace(/\.ya?ml$/i, '');
}
