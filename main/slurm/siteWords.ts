/** Reading what sbatch and a site's programs around it print when a job is refused: coloured, boxed, prefixed, in any language. */
import { plainLine } from '../../shared/lib/plain.ts';

/** One line, as it came without colours, and without names of programs and decoration. */
export interface SaidLine {
  readonly raw: string;
  readonly plain: string;
}

/** CSI and OSC sequences, other two-character escapes, and control characters. */
const ESCAPES =
  /\u001b\[[0-9;:?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b.|[\u0000-\u0008\u000b-\u001f\u007f]/g;
/** sbatch writes its own message after a plugin's that had no line end. */
const SECOND_MESSAGE = /(?<=\S)(?=sbatch: (?:error|fatal): )/g;
const PREFIX =
  /^\s*(?:(?:sbatch|srun|salloc|squeue|scancel|sacct|sinfo|scontrol|sacctmgr)\s*:\s*)?(?:(?:error|fatal)\s*:\s*)?(?:(?:job_submit\/|cli_filter\/)?lua\s*:\s*)?(?:error\s*:\s*)?/i;
/** Sides of a box. */
const SIDES = /^[|*#\u2500-\u257f]+(?=\s|$)\s*|\s*(?<=\s|^)[|*#\u2500-\u257f]+$/g;

/** The text without colours, cursor movements and control characters; its lines stay. */
export const saidWithoutColours = (said: string): string => said.replaceAll(ESCAPES, '');

/** Some of the patterns here and of the rules take a time that grows with the square of a text. The reason stands at one of its ends. */
const MOST_CHARACTERS = 8192;

/** Lines that say something, of a text's beginning and end. Never throws, and takes no longer for a longer text. */
export function saidLines(said: string): SaidLine[] {
  const bounded =
    said.length <= MOST_CHARACTERS
      ? said
      : `${said.slice(0, MOST_CHARACTERS / 2)}\n${said.slice(-MOST_CHARACTERS / 2)}`;
  return bounded
    .replaceAll(SECOND_MESSAGE, '\n')
    .split('\n')
    .map((line) => plainLine(saidWithoutColours(line).replaceAll('\t', ' ')).trim())
    .map((raw) => ({ raw, plain: raw.replace(PREFIX, '').replaceAll(/\s+/g, ' ').replaceAll(SIDES, '').trim() }))
    .filter(({ plain }) => /[\p{L}\p{N}]/u.test(plain));
}

/** What a checklist says that passed; a site prints it before what did not. */
const PASSED = /\.\.\.\s*OK$/i;
/** sbatch: something, that is neither an error nor a line of getopt's. */
const IN_PASSING = /^sbatch: (?!error: |fatal: |unrecognized |invalid |option |ambiguous )/;
const LONGEST = 1500;

/** A site's own sentence in all of its lines; of what it prints about everything, what it says about the refusal. */
export function sentenceOf(lines: readonly SaidLine[]): string {
  const afterChecklist = lines.slice(lines.findLastIndex(({ plain }) => PASSED.test(plain)) + 1);
  const telling = afterChecklist.filter(({ raw }) => !IN_PASSING.test(raw));
  const chosen = [telling, afterChecklist, lines].find((some) => some.length > 0) ?? [];
  const text = chosen.map(({ plain }) => plain).join('\n');
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST).replace(/[\ud800-\udbff]$/, '')} …`;
}
