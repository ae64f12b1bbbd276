/** How a folder of templates is looked at on disk. What waits for the disk here was asked for off the main thread before (`answers`). */
import { opendirSync, statSync, type Dirent, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';

/**
 * Resolves when the disk of a path has answered, with whatever. A home or a shared folder may be on a network: while it does not answer,
 * this waits and not the main thread, which then finds what it asks for in the system's cache.
 */
export async function answers(at: string): Promise<void> {
  await stat(at).catch(() => undefined);
}

/** Undefined for what is not there, or not for us to see. */
export function statOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

export function sizeOf(file: string): number {
  return statOf(file)?.size ?? 0;
}

export function isTemplateName(name: string): boolean {
  return /\.ya?ml$/i.test(name) && !isHidden(name);
}

/** Editors' temporary files, version control, and what lies beside a template: its samples, and the scripts that tests compare. */
export function isHidden(name: string): boolean {
  return (
    name.startsWith('.') ||
    name.startsWith('~') ||
    name.endsWith('~') ||
    /\.(samples|golden)$/.test(name) ||
    name === 'node_modules'
  );
}

/** Entry by entry, however many there are. Not there, or not for us: the same as empty until that changes. */
export function* entriesOf(folder: string): Generator<Dirent> {
  let listing;
  try {
    listing = opendirSync(folder);
  } catch {
    return;
  }
  try {
    for (let item = listing.readSync(); item !== null; item = listing.readSync()) yield item;
  } catch {
    // it went away meanwhile
  } finally {
    listing.closeSync();
  }
}
