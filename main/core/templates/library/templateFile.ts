import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { problem, type Problem } from '../../../../shared/domain/problem/schema.ts';
import type { Template } from '../../../../shared/domain/template/schema.ts';
import { ERRORS } from '../../../../shared/errors/codes.ts';
import { formatBytes } from '../../../../shared/lib/bytes.ts';
import { decodeStrictly } from '../../text/decodeText.ts';
import { MAX_TEMPLATE_BYTES, parseTemplate } from '../format/parseTemplate.ts';
import { message, type Message } from '../../../../shared/messages/message.ts';

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
  /** A mistake of Slipway's own that kept it from being read, with its stack, for the log. */
  readonly bug: string | null;
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

/**
 * Reads a template file. Null when there is no such file, or it is a pipe, a device or a folder. What is larger than a megabyte is not read.
 * Synchronous; never throws, and never waits for whoever might write.
 */
export function readTemplateFile(filePath: string, fileName: string): TemplateReading | null {
  let size = 0;
  let modified = 0;
  const broken = (
    fileHash: string,
    text: string | null,
    problems: readonly Problem[],
    bug: string | null = null,
  ): TemplateReading => ({ size, modifiedAt: modified, fileHash, text, template: null, problems, bug });
  try {
    const found = statSync(filePath);
    if (!found.isFile()) return null;
    ({ size } = found);
    modified = modifiedAt(found.mtimeMs);
    const tooLarge = (bytes: number | null): TemplateReading =>
      broken('', null, [
        fileProblem(
          fileName,
          'template-too-large',
          bytes === null
            ? message('format.unreadable.larger', { most: formatBytes(MAX_TEMPLATE_BYTES) })
            : message('format.unreadable.large', {
                size: formatBytes(bytes),
                most: formatBytes(MAX_TEMPLATE_BYTES),
              }),
        ),
      ]);
    if (size > MAX_TEMPLATE_BYTES) return tooLarge(size);
    const bytes = readBounded(filePath);
    if (bytes === null) return null;
    if (bytes.length > MAX_TEMPLATE_BYTES) return tooLarge(null);
    const fileHash = hashOf(bytes);
    const text = decodeStrictly(bytes);
    if (text === null)
      return broken(fileHash, null, [fileProblem(fileName, 'template-not-text', message('format.unreadable.notText'))]);
    return { size, modifiedAt: modified, fileHash, text, ...parseTemplate(text, fileName), bug: null };
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    const bug = syscall !== undefined ? null : error instanceof Error ? (error.stack ?? error.message) : String(error);
    return broken(
      '',
      null,
      [
        fileProblem(
          fileName,
          'template-unreadable',
          bug === null ? message('format.unreadable.system', { code: code ?? '?' }) : message('format.unreadable.bug'),
        ),
      ],
      bug,
    );
  }
}

/** At most one byte more than a template has. Null when what was a file has just become something else. */
function readBounded(filePath: string): Uint8Array | null {
  // a pipe that took the file's place would be waited for without the flag; Windows has neither
  const handle = openSync(filePath, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
  try {
    if (!fstatSync(handle).isFile()) return null;
    const buffer = Buffer.allocUnsafe(Math.min(fstatSync(handle).size, MAX_TEMPLATE_BYTES) + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read)
      read = readSync(handle, buffer, length, buffer.length - length, null);
    return buffer.subarray(0, length);
  } finally {
    closeSync(handle);
  }
}

function fileProblem(file: string, rule: string, reason: Message): Problem {
  return problem({
    rule,
    code: ERRORS.TEMPLATE_UNREADABLE.code,
    severity: 'error',
    message: message('errors.TEMPLATE_UNREADABLE', { file, reason }),
    hint: message('errors.TEMPLATE_UNREADABLE.hint'),
    file,
    line: 1,
    column: 1,
  });
}
