import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Recorded {
  /** Where text comes from that was not recorded. */
  readonly origin?: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const FIXTURES = path.join(import.meta.dirname, '..', '__fixtures__');

/** The release whose output was recorded; the others were written from documentation and say so in their files. */
export const RECORDED = '22.05.8';

/** All releases of which there is output, oldest first. */
export const RELEASES: readonly string[] = readdirSync(FIXTURES)
  .filter((name) => /^\d+\.\d+/.test(name))
  .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

const file = (name: string, release: string): string =>
  readFileSync(path.join(FIXTURES, release, `${name}.json`), 'utf8');

/** What a command printed on a real Slurm; with another release, what its documentation and source say that it prints. */
export function recorded(name: string, release = RECORDED): Recorded {
  return JSON.parse(file(name, release)) as Recorded;
}

/** The answer of `accountingScript` in which sacct printed this and ended so. */
export function answerOfSacct(stdout: string, exitCode = 0): string {
  return `@slipway accounting\n${stdout}\n@slipway end ${String(exitCode)}\n`;
}

/** The id of a job of the recording. */
export function recordedJob(name: string): string {
  const id = (JSON.parse(file('jobs', RECORDED)) as Record<string, string>)[name];
  if (id === undefined) throw new Error(`no job ${name} was recorded`);
  return id;
}
