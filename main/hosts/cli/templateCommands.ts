import { inWords } from '../../../shared/messages/catalogue.ts';
import { opendir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MAX_TEXT } from '../../../shared/domain/bounds/limits.ts';
import type { FitReport, ImportReport } from '../../../shared/domain/template/studio.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { plainLine } from '../../../shared/lib/plain.ts';
import { message } from '../../../shared/messages/message.ts';
import { reasonMessage } from '../../../shared/errors/reasonMessage.ts';
import { readBounded } from '../../disk/readBounded.ts';
import { problemLine, type ExitCode } from './commands.ts';
import type { CliClient } from './client.ts';
import { note, print, printJson, printText, table } from './terminal.ts';

/** What a folder of a job template may hold; more is a mistake in the name. */
const MAX_FILES = 50;
const MAX_BYTES = MAX_TEXT;
const MAX_LOOKED_AT = 10_000;

interface FoundFile {
  readonly path: string;
  /** With the folder that was named, which a form without a manifest is called after. */
  readonly name: string;
}

/** The files right within a folder and within its `template/`, where apps of Open OnDemand have their scripts; of one with too many, as many as show that. */
async function filesOf(folder: string, above = ''): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const within = `${above}${path.basename(path.resolve(folder))}/`;
  let looked = 0;
  for await (const entry of await opendir(folder)) {
    if (entry.isFile() && !entry.name.startsWith('.'))
      found.push({ path: path.join(folder, entry.name), name: `${within}${entry.name}` });
    if (above === '' && entry.isDirectory() && entry.name === 'template')
      found.push(...(await filesOf(path.join(folder, entry.name), within)));
    looked += 1;
    if (found.length > MAX_FILES) break;
    if (looked > MAX_LOOKED_AT)
      throw new AppError('INPUT_INVALID', { details: { reason: message('commandLine.moreThanTemplate', { folder }) } });
  }
  return found;
}

/** The texts of files, and of the files of folders. What is no text is named and left out. FILE_UNREADABLE. */
async function readTexts(given: readonly string[]): Promise<{ name: string; text: string }[]> {
  const refuse = (name: string, error: unknown): never => {
    throw new AppError('FILE_UNREADABLE', { details: { name, reason: reasonMessage(error) }, cause: error });
  };
  const found = await Promise.all(
    given.map(async (each) => {
      const isFolder = await stat(each).then(
        (entry) => entry.isDirectory(),
        (error: unknown) => refuse(each, error),
      );
      return isFolder
        ? filesOf(each)
        : [{ path: each, name: `${path.basename(path.dirname(path.resolve(each)))}/${path.basename(each)}` }];
    }),
  );
  const files = found.flat().sort((a, b) => (a.path < b.path ? -1 : 1));
  if (files.length > MAX_FILES)
    throw new AppError('INPUT_INVALID', {
      details: { reason: message('commandLine.tooManyFiles', { most: MAX_FILES }) },
    });
  const texts: { name: string; text: string }[] = [];
  for (const { path: file, name: whole } of files) {
    const { bytes, truncated } = await readBounded(file, MAX_BYTES).catch((error: unknown) => refuse(file, error));
    const base = path.basename(file);
    const name = (files.length === 1 && !base.startsWith('form.') ? base : whole).slice(-255);
    try {
      if (truncated) throw new RangeError('too large');
      texts.push({ name, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) });
    } catch {
      note(`${plainLine(file)}: not looked at, as it is no text or too large`);
    }
  }
  return texts;
}

function reportLines({ notes, offers }: ImportReport): string {
  const lines = notes.map(
    ({ kind, what, file, line, reason }) =>
      `${kind.padEnd(11)} ${plainLine([file, line].filter((part) => part !== null).join(':'))}: ${plainLine(typeof what === 'string' ? what : inWords(what))}${reason === null ? '' : ` (${plainLine(inWords(reason))})`}`,
  );
  const offered = offers.map(
    ({ name, value, line }) =>
      `could be a field: ${plainLine(name)}, ${plainLine(value)}${line === null ? '' : ` of line ${String(line)}`}`,
  );
  return [...lines, ...offered].join('\n');
}

export interface ImportOptions {
  readonly output?: string;
  /** Accept every offer. */
  readonly fields: boolean;
  readonly save: boolean;
  readonly json: boolean;
}

/** Prints the template, or writes it; the report goes to standard error. Exit code 1 when the template is not valid. */
export async function importTemplates(
  client: CliClient,
  given: readonly string[],
  options: ImportOptions,
): Promise<ExitCode> {
  const files = await readTexts(given);
  if (files.length === 0) throw new AppError('FILE_NOT_FOUND', { details: { name: given.join(', ') } });
  const report = await client.call('templates.import', { files });
  let { text } = report;
  if (options.fields)
    for (const offer of report.offers) ({ text } = await client.call('templates.acceptOffer', { text, offer }));
  const { ok, problems } = await client.call('templates.validate', { text });
  if (options.json) printJson({ ...report, text, problems }, 2);
  else {
    const said = reportLines(options.fields ? { ...report, offers: [] } : report);
    if (said !== '') note(said);
    for (const each of problems) note(problemLine(each));
  }
  if (options.save) {
    for (const each of [text, ...(report.more ?? []).map((other) => other.text)]) {
      const saved = await client.call('templates.save', { source: 'private', text: each });
      note(`Saved as ${saved.id}.`);
    }
  } else if (report.more !== undefined)
    note(
      `This is the first of ${String(report.more.length + 1)} templates; --save keeps all of them, --json prints them.`,
    );
  if (options.output !== undefined) {
    await writeFile(options.output, text, { flag: 'wx' }).catch((error: unknown) => {
      throw new AppError('FILE_UNREADABLE', {
        details: { name: options.output, reason: reasonMessage(error) },
        hint: message('commandLine.noneWrittenOver'),
        cause: error,
      });
    });
  } else if (!options.json && !options.save) printText(text);
  return ok ? 0 : 1;
}

const VERDICTS: Record<FitReport['verdict'], string> = {
  runs: 'runs',
  change: 'runs with changes',
  cannot: 'cannot run',
  unknown: 'not known',
};

/** Exit code 0 when there is a cluster on which it runs as it is. */
export async function fitTemplate(client: CliClient, id: string, json: boolean): Promise<ExitCode> {
  const { source } = await client.call('templates.get', { id });
  const reports = await client.call('templates.fit', { id, source });
  if (json) printJson(reports, 2);
  else {
    print(
      table(
        ['CLUSTER', 'WILL IT RUN'],
        reports.map(({ clusterId, verdict }) => [clusterId, VERDICTS[verdict]]),
      ),
    );
    for (const { clusterId, problems } of reports) {
      for (const each of problems)
        print(
          `${clusterId}: ${problemLine(each)}${each.fix === null ? '' : ` [${plainLine(inWords(each.fix.label))}: ${plainLine(each.fix.field)}]`}`,
        );
    }
  }
  return reports.some(({ verdict }) => verdict === 'runs') ? 0 : 1;
}
