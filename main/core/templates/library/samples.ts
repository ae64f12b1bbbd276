import { chmodSync, copyFileSync, opendirSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../../shared/errors/appError.ts';
import { formatBytes } from '../../../../shared/lib/bytes.ts';
import { message, type Message } from '../../../../shared/messages/message.ts';
import { reasonMessage } from '../../../../shared/errors/reasonMessage.ts';
import { MAX_SAMPLE_BYTES } from '../share/communityTree.ts';
import { makeFolder, OWN } from './writeTemplate.ts';

/** Samples show what an input looks like; a folder of more is a data set. */
const MAX_SAMPLES = 200;
/** Looked at to find them: whatever else lies in the folder. */
const MAX_LOOKED_AT = 10_000;

/** The folder of the samples of a template file. */
export function samplesBeside(file: string): string {
  return file.replace(/\.ya?ml$/i, '.samples');
}

/** The samples of a template file, sorted by name. FILE_UNREADABLE. */
export function samplePaths(file: string): string[] {
  const folder = samplesBeside(file);
  try {
    return listSamples(folder).names.map((name) => path.join(folder, name));
  } catch (error) {
    throw new AppError('FILE_UNREADABLE', {
      details: { name: path.basename(folder), reason: reasonMessage(error) },
      cause: error,
    });
  }
}

/** The names of the samples in a folder, sorted; none where it is not there. `more`: there are more, which are not named. What the disk says is thrown. */
export function listSamples(folder: string): { names: string[]; more: boolean } {
  const names: string[] = [];
  let listing;
  try {
    listing = opendirSync(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return { names, more: false };
    throw error;
  }
  let more = false;
  try {
    let looked = 0;
    for (let item = listing.readSync(); item !== null && !more; item = listing.readSync()) {
      looked += 1;
      // pipes and devices would hang whoever reads them
      if (
        !item.name.startsWith('.') &&
        statSync(path.join(folder, item.name), { throwIfNoEntry: false })?.isFile() === true
      )
        names.push(item.name);
      more = names.length > MAX_SAMPLES || looked > MAX_LOOKED_AT;
    }
  } finally {
    listing.closeSync();
  }
  return { names: names.sort().slice(0, MAX_SAMPLES), more };
}

/** The names of all samples of a template, if they are what others take of a community folder. INPUT_INVALID. */
export function portableSamples(folder: string, templateId: string): string[] {
  const { names, more } = listSamples(folder);
  const refuse = (what: Message): never => {
    throw new AppError('INPUT_INVALID', {
      details: { reason: message('library.samplesHold', { templateId, what }) },
      hint: message('library.smallSamples'),
    });
  };
  if (more) refuse(message('library.samplesMany', { most: MAX_SAMPLES }));
  const large = names.find((name) => statSync(path.join(folder, name)).size > MAX_SAMPLE_BYTES);
  return large === undefined
    ? names
    : refuse(message('library.sampleLarge', { most: formatBytes(MAX_SAMPLE_BYTES), name: large }));
}

/** Copies the samples of a template beside another one, with this mode whatever they had. Nothing where there are none. */
export function copySamples(from: string, to: string, names: readonly string[], mode = OWN): void {
  if (names.length > 0) makeFolder(to, mode);
  for (const name of names) {
    copyFileSync(path.join(from, name), path.join(to, name));
    chmodSync(path.join(to, name), mode);
  }
}
