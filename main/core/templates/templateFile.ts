import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { problem, type Problem } from '../../../shared/domain/problem.ts';
import type { Template } from '../../../shared/domain/template.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { decodeStrictly } from '../files/decodeText.ts';
import { MAX_TEMPLATE_BYTES, parseTemplate } from './parseTemplate.ts';

/** What one look at a template file found. It survives a structured clone. */
export interface TemplateReading {
  /** Bytes. */
  readonly size: number;
  /** Epoch milliseconds; 0 when the file is so fresh that it could change once more without showing it. */
  readonly modifiedAt: number;
  /** SHA-256 of the bytes; empty when they were not read. */
  readonly fileHash: string;
  /** Null when it is no text, too large, or cannot be read. */
  readonly text: string | null;
  readonly template: Template | null;
  readonly problems: readonly Problem[];
}

/** File systems date changes in steps of some milliseconds: two changes within one step look like one. */
const DATING_STEP_MS = 100;

export function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The date of a file's change, as a reading has it. */
export function modifiedAt(mtimeMs: number): number {
  return Math.abs(Date.now() - mtimeMs) < DATING_STEP_MS ? 0 : mtimeMs;
}

/** Reads a template file. Null when there is no such file. What is larger than a megabyte is not read. Synchronous; never throws for what a disk does. */
export function readTemplateFile(filePath: string, fileName: string): TemplateReading | null {
  let size = 0;
  let modified = 0;
  const broken = (fileHash: string, text: string | null, problems: readonly Problem[]): TemplateReading => ({ size, modifiedAt: modified, fileHash, text, template: null, problems });
  try {
    const found = statSync(filePath);
    if (!found.isFile()) return null;
    ({ size } = found);
    modified = modifiedAt(found.mtimeMs);
    if (size > MAX_TEMPLATE_BYTES) return broken('', null, [fileProblem(fileName, 'template-too-large', `the file has ${formatBytes(size)}; a template has at most ${formatBytes(MAX_TEMPLATE_BYTES)}.`)]);
    const bytes = readFileSync(filePath);
    const fileHash = hashOf(bytes);
    const text = decodeStrictly(bytes);
    if (text === null) return broken(fileHash, null, [fileProblem(fileName, 'template-not-text', 'the file is not text in UTF-8.')]);
    return { size, modifiedAt: modified, fileHash, text, ...parseTemplate(text, fileName) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    return broken('', null, [fileProblem(fileName, 'template-unreadable', `the file cannot be read (${code}).`)]);
  }
}

function fileProblem(file: string, rule: string, reason: string): Problem {
  return problem({ rule, code: ERRORS.TEMPLATE_UNREADABLE.code, severity: 'error', message: `The template ${file} cannot be read: ${reason}`, hint: ERRORS.TEMPLATE_UNREADABLE.hint, file, line: 1, column: 1 });
}
