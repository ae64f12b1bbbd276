import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Copies that are kept of a database, the newest ones. */
const KEPT = 5;
const NAME = /^slipway-(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})Z\.db$/;

export interface StoreCopy {
  readonly file: string;
  /** Epoch ms at which it was made. */
  readonly at: number;
}

/** An epoch ms as a part of a file's name, in UTC. */
export function stampOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
}

/** The folder of the copies of a database: `backups` beside it. */
export function copiesFolder(databaseFile: string): string {
  return path.join(path.dirname(databaseFile), 'backups');
}

export function copyFileName(databaseFile: string, at: number): string {
  return path.join(copiesFolder(databaseFile), `slipway-${stampOf(at)}.db`);
}

/** The copies of a database, newest first. Each was whole when it was made. */
export function listCopies(databaseFile: string): StoreCopy[] {
  const folder = copiesFolder(databaseFile);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .flatMap((name): StoreCopy[] => {
      const [, day, hour, minute, second] = NAME.exec(name) ?? [];
      return day === undefined
        ? []
        : [{ file: path.join(folder, name), at: Date.parse(`${day}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`) }];
    })
    .sort((a, b) => b.at - a.at);
}

/** Removes all copies but the newest, and what an interrupted copying has left. */
export function pruneCopies(databaseFile: string): void {
  for (const { file } of listCopies(databaseFile).slice(KEPT)) rmSync(file, { force: true });
  const folder = copiesFolder(databaseFile);
  for (const name of readdirSync(folder))
    if (name.includes('.db.new')) rmSync(path.join(folder, name), { force: true });
}
