import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { AppError, toWire } from '../../../shared/errors/appError.ts';

/** Prints a line of the answer. Everything else (progress, questions, errors) goes to stderr, so that pipes stay clean. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Text from outside without terminal control sequences: a job name must not move the cursor. */
export function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, '\uFFFD');
}

/** Rows under their headings, columns as wide as their widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [headings, ...rows.map((row) => row.map(plain))];
  const length = (text: string): number => Array.from(text).length;
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => length(row[column] ?? ''))));
  return cells.map((row) => row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - length(cell))).join('  ').trimEnd()).join('\n');
}

/** An error as people read it on a terminal: sentence, next step, code. */
export function printError(error: unknown): void {
  const wire = toWire(error);
  note(`slipway: ${plain(wire.message)}`);
  if (wire.hint !== '') note(`  ${plain(wire.hint)}`);
  const { problems } = wire.details as { problems?: { message: string; field?: string | null }[] };
  for (const problem of problems ?? []) note(`  - ${plain(problem.message)}`);
  note(`  (error ${String(wire.code)}${wire.requestId === null ? '' : `, request ${wire.requestId}`})`);
  if (!(error instanceof AppError) && error instanceof Error && error.stack !== undefined) note(error.stack);
}

/** Asks on the terminal; `echo` false shows nothing of what is typed. Null when there is no terminal to ask on. */
export async function ask(question: string, echo: boolean): Promise<string | null> {
  if (!process.stdin.isTTY) return null;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  process.stderr.write(question);
  const reader = createInterface({ input: process.stdin, output: echo ? process.stderr : silent, terminal: true });
  try {
    return await new Promise<string | null>((resolve) => {
      reader.question('', resolve);
      reader.on('close', () => resolve(null));
    });
  } finally {
    reader.close();
    if (!echo) process.stderr.write('\n');
  }
}
