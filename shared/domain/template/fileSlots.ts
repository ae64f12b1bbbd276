/** Which file goes to which slot of a template, and what each is called in the run folder. */
import { expandBraces, globSpecificity, hasWildcard, matchGlob } from '../../lib/glob.ts';
import type { DraftFile } from '../job/draft.ts';
import type { FileSlot, Template } from './schema.ts';

/** Longest name of a run folder's file, in bytes of UTF-8: file systems allow 255, and `.part` and a number must still fit. */
export const MAX_REMOTE_NAME_BYTES = 200;

/** The script's variable that holds the absolute path of a slot's file: `FILE_TRAINING_SCRIPT`. */
export function fileVariable(slotName: string): string {
  return `FILE_${slotName.toUpperCase()}`;
}

/**
 * The name under which a slot's file is always found in the run folder: the slot's name with the pattern's ending
 * (`training_script`, `*.py` → `training_script.py`), or the pattern itself when it is a plain name (`config.yaml`).
 * Of `{a,b}` the first counts.
 */
export function slotFileName(slot: Pick<FileSlot, 'name' | 'pattern'>): string {
  const [first = ''] = expandBraces(slot.pattern);
  if (!hasWildcard(first))
    return remoteNameOf(first.slice(Math.max(first.lastIndexOf('/'), first.lastIndexOf('\\')) + 1) || slot.name);
  const tail = first.slice(Math.max(first.lastIndexOf('*'), first.lastIndexOf('?'), first.lastIndexOf(']')) + 1);
  const dot = tail.indexOf('.');
  return remoteNameOf(slot.name + (dot === -1 ? '' : tail.slice(dot)));
}

/**
 * Gives files without a slot one that fits by pattern. Files that have a slot keep it; each slot takes one file; what fits
 * nowhere stays without and travels along. As many slots as possible are filled, required ones and narrow patterns first, so
 * that neither the order of the drop nor a wide `*` keeps a file from the one slot made for it.
 */
export function matchFiles<F extends Pick<DraftFile, 'name' | 'slot'>>(
  slots: readonly FileSlot[],
  files: readonly F[],
): F[] {
  const fixed = new Set(files.map((file) => file.slot));
  const free = slots
    .filter((slot) => !fixed.has(slot.name))
    .sort((a, b) => Number(b.required) - Number(a.required) || globSpecificity(b.pattern) - globSpecificity(a.pattern));
  const candidates = new Map(
    free.map((slot) => [
      slot.name,
      files.flatMap((file, i) => (file.slot === null && matchGlob(slot.pattern, file.name) ? [i] : [])),
    ]),
  );
  const slotOfFile = new Map<number, string>();
  // Kuhn's algorithm: a slot may take a file from another that finds a different one.
  const fill = (slot: string, tried: Set<number>): boolean => {
    for (const file of candidates.get(slot) ?? []) {
      if (tried.has(file)) continue;
      tried.add(file);
      const holder = slotOfFile.get(file);
      if (holder === undefined || fill(holder, tried)) {
        slotOfFile.set(file, slot);
        return true;
      }
    }
    return false;
  };
  for (const slot of free) fill(slot.name, new Set());
  return files.map((file, i) => ({ ...file, slot: slotOfFile.get(i) ?? file.slot }));
}

/** One file of a run, as it will lie in the run folder. */
export interface PlannedFile {
  /** Slot it fills, or null for a file that only travels along. */
  readonly slot: string | null;
  /** From 0: the number of `INPUT_FILE_<i>`. */
  readonly index: number;
  /** Its name on the person's computer. */
  readonly name: string;
  readonly handle: DraftFile['handle'];
  /** Its name in the run folder. */
  readonly remoteName: string;
  /** A second name that the script must link to it, or null when `remoteName` is the slot's own name or there is no slot. */
  readonly linkName: string | null;
}

/**
 * Names for all files of a run: slots' files in the template's order, then the others in theirs. Remote names and link names
 * together are unique even where case and Unicode form do not count, hold no path, and meet none of the names that belong to
 * Slipway, to Slurm's logs or to generated files. The same input gives the same names. A second file for a slot travels along.
 */
export function planRunFiles(
  template: Pick<Template, 'files' | 'generatedFiles'>,
  files: readonly DraftFile[],
): PlannedFile[] {
  const taken = new Set(template.generatedFiles.flatMap((file) => [key(file.name), key(partOf(file.name))]));
  const links = new Map<string, string>();
  for (const slot of template.files) {
    const link = slotFileName(slot);
    if (taken.has(key(link))) continue;
    links.set(slot.name, link);
    taken.add(key(link)).add(key(partOf(link)));
  }

  const placed = template.files.flatMap((slot) => {
    const file = files.find((candidate) => candidate.slot === slot.name);
    return file === undefined ? [] : [{ file, slot: slot.name }];
  });
  const inSlots = new Set(placed.map((item) => item.file));
  const ordered = [...placed, ...files.filter((file) => !inSlots.has(file)).map((file) => ({ file, slot: null }))];

  return ordered.map(({ file, slot }, i) => {
    const link = slot === null ? undefined : links.get(slot);
    const wanted = remoteNameOf(file.name);
    const sameAsLink = link !== undefined && key(wanted) === key(link);
    const remoteName = sameAsLink ? link : freeName(wanted, taken);
    taken.add(key(remoteName)).add(key(partOf(remoteName)));
    return {
      slot,
      index: i,
      name: file.name,
      handle: file.handle,
      remoteName,
      linkName: sameAsLink ? null : (link ?? null),
    };
  });
}

/**
 * A file name as it can stand in the run folder: one path component in NFC, of at most 200 bytes, without control or
 * text-direction characters, never starting with `-`, never one of Slipway's or Slurm's own. Other characters, spaces, quotes
 * and all scripts of the world stay: the generated script quotes them.
 */
export function remoteNameOf(name: string): string {
  const clean = name
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff/\\]/gu, '_')
    .trim();
  const harmless = clean === '' ? 'file' : belongsToUs(clean) ? `_${clean}` : clean;
  return shorten(harmless, MAX_REMOTE_NAME_BYTES);
}

/** Names that a person's file must not take in the run folder. */
export function belongsToUs(name: string): boolean {
  return (
    name === '.' || name === '..' || /^(?:-|\.slipway|job\.sh)/i.test(name) || /^slurm-.*\.(?:out|err)$/is.test(name)
  );
}

/** An upload in progress lies beside its goal under this name. */
function partOf(name: string): string {
  return `${name}.part`;
}

/** Equal for names that some file system takes for the same one (macOS and Windows run the demo cluster). */
function key(name: string): string {
  return name.normalize('NFC').toLowerCase().normalize('NFC');
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  const { stem, ending } = splitEnding(wanted);
  for (let number = 1; ; number += 1) {
    const candidate =
      number === 1
        ? wanted
        : `${shorten(stem, MAX_REMOTE_NAME_BYTES - utf8Length(ending) - 8)}_${String(number)}${ending}`;
    if (!taken.has(key(candidate)) && !taken.has(key(partOf(candidate)))) return candidate;
  }
}

/** `results.tar.gz` → `results` and `.tar.gz`. A leading dot is no ending; one of more than 20 bytes is none either. */
function splitEnding(name: string): { stem: string; ending: string } {
  const ending = /(?<=.)(?:\.tar)?\.[^.\s]+$/su.exec(name)?.[0] ?? '';
  return utf8Length(ending) > 20
    ? { stem: name, ending: '' }
    : { stem: name.slice(0, name.length - ending.length), ending };
}

/** Cuts the stem, between characters, so that the whole fits. */
function shorten(name: string, maxBytes: number): string {
  if (utf8Length(name) <= maxBytes) return name;
  const { stem, ending } = splitEnding(name);
  let room = maxBytes - utf8Length(ending);
  let kept = '';
  for (const character of stem) {
    room -= utf8Length(character);
    if (room < 0) break;
    kept += character;
  }
  return kept.trimEnd() + ending;
}

const encoder = new TextEncoder();

function utf8Length(text: string): number {
  return encoder.encode(text).length;
}
