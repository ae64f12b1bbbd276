import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Recorded {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const file = (name: string): string => readFileSync(path.join(import.meta.dirname, '..', '__fixtures__', '22.05.8', `${name}.json`), 'utf8');

/** What a command printed on a real Slurm. */
export function recorded(name: string): Recorded {
  return JSON.parse(file(name)) as Recorded;
}

/** The id of a job of the recording. */
export function recordedJob(name: string): string {
  const id = (JSON.parse(file('jobs')) as Record<string, string>)[name];
  if (id === undefined) throw new Error(`no job ${name} was recorded`);
  return id;
}
