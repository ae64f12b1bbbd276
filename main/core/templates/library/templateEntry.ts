import { message } from '../../../../shared/messages/message.ts';
import { problem } from '../../../../shared/domain/problem/schema.ts';
import type { TemplateSource } from '../../../../shared/domain/template/schema.ts';
import type { IndexedTemplate } from '../../../../shared/domain/template/indexed.ts';
import { ERRORS } from '../../../../shared/errors/codes.ts';
import type { TemplateReading } from './templateFile.ts';

/** One file of a template folder, without what only its own page needs. */
export interface TemplateEntry extends IndexedTemplate {
  readonly source: TemplateSource;
  /** The folder that it belongs to. */
  readonly root: string;
  readonly path: string;
  /** Relative to `root`, with `/`. */
  readonly fileName: string;
}

type Place = Pick<TemplateEntry, 'source' | 'root' | 'path' | 'fileName'>;

/**
 * What a reading makes of a file. A broken one stays what it was when it was good last, with the problems of what it is now.
 * `id`: the name under which it goes whatever it says of itself.
 */
export function entryOf(
  place: Place,
  reading: TemplateReading,
  before: TemplateEntry | null,
  parser: string,
  id: string | null,
): TemplateEntry {
  const { size, modifiedAt, fileHash, template } = reading;
  const { source, root, path, fileName } = place;
  const now = { source, root, path, fileName, size, modifiedAt, fileHash, parser, problems: [...reading.problems] };
  if (template === null && before?.usable === true) return { ...before, ...now };
  const {
    displayName = fileName,
    description = '',
    category = 'custom',
    tags = [],
    version = '',
    author = '',
    isPublic = true,
  } = template ?? {};
  return {
    ...now,
    id: id ?? template?.id ?? before?.id ?? idFromName(fileName),
    hash: fileHash,
    usable: template !== null,
    displayName,
    description,
    category,
    tags,
    version,
    author,
    isPublic,
  };
}

/** A file that was never good needs some id to be listed by. */
export function idFromName(fileName: string): string {
  const id = fileName
    .replace(/\.ya?ml$/i, '')
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
    .slice(0, 100)
    .replace(/[^A-Za-z0-9]+$/, '');
  return id === '' ? 'template' : id;
}

/** Files of one folder that carry the same id each say so; the first by name is the one that is used. */
export function withDuplicates(entries: readonly TemplateEntry[]): TemplateEntry[] {
  const byId = new Map<string, TemplateEntry[]>();
  for (const entry of entries) {
    const same = byId.get(entry.id);
    if (same === undefined) byId.set(entry.id, [entry]);
    else same.push(entry);
  }
  return entries.map((entry) => {
    const same = byId.get(entry.id) ?? [];
    const other = same.find((each) => each !== entry);
    if (other === undefined) return entry;
    const used = same.find((each) => each.usable) ?? entry;
    const twice = problem({
      rule: 'template-duplicate-id',
      code: ERRORS.TEMPLATE_INVALID.code,
      severity: 'warning',
      message: message('format.duplicateId', { id: entry.id, other: other.fileName, used: used.fileName }),
      hint: message('format.otherId'),
      field: 'template.id',
      file: entry.fileName,
    });
    return { ...entry, problems: [...entry.problems, twice] };
  });
}
