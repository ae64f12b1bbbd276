import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { problem, type Problem } from '../../../shared/domain/problem.ts';
import type { Template, TemplateSource } from '../../../shared/domain/template.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { decodeStrictly } from '../files/decodeText.ts';
import { MAX_TEMPLATE_BYTES, parseTemplate } from './parseTemplate.ts';

/** One file of a template folder. */
export interface TemplateFile {
  readonly source: TemplateSource;
  readonly path: string;
  /** Relative to its folder, with `/`. */
  readonly fileName: string;
  readonly id: string;
  /** SHA-256 of the bytes that `template` was read from; of the file when there is no template. */
  readonly hash: string;
  /** The file as it is on disk. */
  readonly text: string;
  /** The last good version, or null when there has been none. */
  readonly template: Template | null;
  /** Of the file as it is on disk. */
  readonly problems: readonly Problem[];
}

export function isUsable(file: TemplateFile): boolean {
  return file.template !== null;
}

/**
 * Reads a file, keeping the template of `before` when the file is broken now. Null when there is no such file. Synchronous: a
 * template is a few kilobytes, and what is larger than a megabyte is not read.
 */
export function readTemplateFile(source: TemplateSource, folder: string, filePath: string, before: TemplateFile | null): TemplateFile | null {
  const fileName = path.relative(folder, filePath).split(path.sep).join('/');
  const broken = (hash: string, text: string, problems: readonly Problem[]): TemplateFile => ({
    source,
    path: filePath,
    fileName,
    text,
    problems,
    id: before?.id ?? idFromName(fileName),
    hash: before?.template == null ? hash : before.hash,
    template: before?.template ?? null,
  });
  try {
    const found = statSync(filePath);
    if (!found.isFile()) return null;
    const { size } = found;
    if (size > MAX_TEMPLATE_BYTES) return broken('', '', [fileProblem(fileName, 'template-too-large', `the file has ${formatBytes(size)}; a template has at most ${formatBytes(MAX_TEMPLATE_BYTES)}.`)]);
    const bytes = readFileSync(filePath);
    const hash = createHash('sha256').update(bytes).digest('hex');
    const text = decodeStrictly(bytes);
    if (text === null) return broken(hash, '', [fileProblem(fileName, 'template-not-text', 'the file is not text in UTF-8.')]);
    const { template, problems } = parseTemplate(text, fileName);
    if (template === null) return broken(hash, text, problems);
    return { source, path: filePath, fileName, id: template.id, hash, text, template, problems };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    return broken('', '', [fileProblem(fileName, 'template-unreadable', `the file cannot be read (${code}).`)]);
  }
}

function fileProblem(file: string, rule: string, reason: string): Problem {
  return problem({ rule, code: ERRORS.TEMPLATE_UNREADABLE.code, severity: 'error', message: `The template ${file} cannot be read: ${reason}`, hint: ERRORS.TEMPLATE_UNREADABLE.hint, file, line: 1, column: 1 });
}

/** A file that was never good needs some id to be listed by. */
function idFromName(fileName: string): string {
  const id = fileName
    .replace(/\.ya?ml$/i, '')
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
    .slice(0, 100)
    .replace(/[^A-Za-z0-9]+$/, '');
  return id === '' ? 'template' : id;
}

/** Files of one folder that carry the same id each say so; the first by name is the one that is used. */
export function withDuplicates(files: readonly TemplateFile[]): TemplateFile[] {
  const byId = new Map<string, TemplateFile[]>();
  for (const file of files) byId.set(file.id, [...(byId.get(file.id) ?? []), file]);
  return files.map((file) => {
    const same = byId.get(file.id) ?? [];
    const other = same.find((each) => each !== file);
    if (other === undefined) return file;
    const used = same.find(isUsable) ?? file;
    const message = `template.id: “${file.id}” is also the id of ${other.fileName}; ${used.fileName} is used.`;
    const twice = problem({ rule: 'template-duplicate-id', code: ERRORS.TEMPLATE_INVALID.code, severity: 'warning', message, hint: 'Give one of them another id.', field: 'template.id', file: file.fileName });
    return { ...file, problems: [...file.problems, twice] };
  });
}
