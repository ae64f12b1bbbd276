import { inWords } from '../../../shared/messages/catalogue.ts';
import { forPrograms } from '../../../shared/messages/forPrograms.ts';
import type { Message } from '../../../shared/messages/message.ts';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { AppError, toWire } from '../../../shared/errors/appError.ts';
import { plain, plainJson, plainLine } from '../../../shared/lib/plain.ts';
import { ColouredText } from './colouredText.ts';

/** The one place that prints. What comes through here, from a cluster, a server or a file, is `plain`: it commands no terminal. */
function write(stream: NodeJS.WriteStream, text: string): void {
  stream.write(plain(text));
}

/** Prints a line of the answer. Everything else (progress, questions, errors) goes to stderr, so that pipes stay clean. */
export function print(line: string): void {
  write(process.stdout, `${line}\n`);
}

export function note(line: string): void {
  write(process.stderr, `${line}\n`);
}

/** Prints a value as JSON, which says the same to a program and nothing to a terminal. Messages are in English. */
export function printJson(value: unknown, indent?: number): void {
  write(process.stdout, `${plainJson(forPrograms(value), indent)}\n`);
}

/** A script or a template: byte for byte to a file or a pipe, `plain` to a terminal. */
export function printText(text: string): void {
  if (process.stdout.isTTY) write(process.stdout, text);
  else process.stdout.write(text);
}

/** What a job wrote: as it is to a file or a pipe, or when `raw` is asked for; a terminal gets its colours and nothing else. */
export function outputWriter(raw: boolean): { write(text: string): void; end(): void } {
  if (raw || !process.stdout.isTTY) return { write: (text) => void process.stdout.write(text), end: () => undefined };
  const colours = new ColouredText();
  return {
    write: (text) => void process.stdout.write(colours.next(text)),
    end: () => void process.stdout.write(colours.end()),
  };
}

/** Rows under their headings, columns as wide as their widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [headings, ...rows.map((row) => row.map(plainLine))];
  const length = (text: string): number => Array.from(text).length;
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => length(row[column] ?? ''))));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - length(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** An error as people read it on a terminal: sentence, next step, code. */
export function printError(error: unknown): void {
  const wire = toWire(error);
  note(`slipway: ${plainLine(wire.message)}`);
  if (wire.hint !== '') note(`  ${plainLine(wire.hint)}`);
  const { problems } = wire.details as { problems?: { message: Message }[] };
  for (const problem of problems ?? []) note(`  - ${plainLine(inWords(problem.message))}`);
  note(`  (error ${String(wire.code)}${wire.requestId === null ? '' : `, request ${wire.requestId}`})`);
  if (!(error instanceof AppError) && error instanceof Error && error.stack !== undefined) note(error.stack);
}

/** Asks on the terminal; `echo` false shows nothing of what is typed. Null when there is no terminal to ask on. */
export async function ask(question: string, echo: boolean): Promise<string | null> {
  if (!process.stdin.isTTY) return null;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  write(process.stderr, question);
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
