/** What the index keeps of a template file, and the words by which it is found. */
import path from 'node:path';
import type { IndexedTemplate } from '../../../../shared/domain/template/indexed.ts';
import { searchable, searchWords } from './searchWords.ts';
import type { TemplateEntry } from './templateEntry.ts';

/** What is stored of an entry: without what its place says. */
export function indexRecord({
  size,
  modifiedAt: at,
  parser,
  id,
  fileHash,
  hash,
  usable,
  displayName,
  description,
  category,
  tags,
  version,
  author,
  isPublic,
  problems,
}: TemplateEntry): IndexedTemplate {
  return {
    size,
    modifiedAt: at,
    parser,
    id,
    fileHash,
    hash,
    usable,
    displayName,
    description,
    category,
    tags,
    version,
    author,
    isPublic,
    problems,
  };
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
