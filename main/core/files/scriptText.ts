/**
 * Scripts as people have them: written on Windows or an old Mac, in UTF-16, with a byte order mark, or for an interpreter that is
 * nowhere. Linux runs none of these as they were meant, and some not at all without a word. Source: execve(2) on `#!`, bash on CR.
 */
import { classifyFile } from '../../../shared/domain/template/fileKind.ts';

/** Larger files are not looked at: nobody writes such a script. Bytes. */
export const MAX_SCRIPT_BYTES = 4 * 1024 * 1024;

export type ScriptDefect =
  'utf-16' | 'byte-order-mark' | 'windows-line-ends' | 'mac-line-ends' | 'interpreter' | 'interpreter-missing';

const SHELL_SCRIPT = /\.(?:sh|bash|zsh|ksh|csh|tcsh|sbatch|slurm|job|run)$/i;

/** Whether the kernel or a shell is to read the file. Python and its like take any line ends, unless they are run by their own `#!`. */
function isRun(name: string, text: string): boolean {
  return text.startsWith('#!') || SHELL_SCRIPT.test(name);
}

/** Whether it may be a script at all, by its name; what begins with `#!` is one by any name. */
function mayBeScript(name: string, type: string): boolean {
  return type === 'code' || classifyFile(name) === 'code' || SHELL_SCRIPT.test(name);
}

function utf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // without a mark: `#` and a zero, in either order
  if (first === 0x23 && second === 0) return 'utf-16le';
  return first === 0 && second === 0x23 ? 'utf-16be' : null;
}

const MARK = '\xef\xbb\xbf';

/** One character per byte, so that bytes of any encoding come back as they were. */
function bytesAsText(bytes: Uint8Array): string {
  const wide = utf16(bytes);
  return (
    wide === null
      ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      : Buffer.from(new TextDecoder(wide).decode(bytes))
  ).toString('latin1');
}

/** A name alone, or one in the root folder, where no system has programs. A path that exists on the cluster cannot be judged here. */
const NOWHERE = /^#![ \t]*(?:\/?)([A-Za-z][\w.+-]*)(?=[ \t\r\n]|$)/;

/** Launchers that start a program, with options of theirs before it. */
const STARTED = String.raw`(?:^|[;&|(]|\b(?:srun|mpirun|mpiexec|exec|time|nohup|then|do|else)(?:[ \t]+(?:-\S+|\d+))*)[ \t]*`;

/** Whether commands start a file itself, by its variable or as `./name`, rather than hand it to an interpreter. */
export function startsItself(commands: string, variable: string | null, name: string): boolean {
  const literal = `\\./${name.replaceAll(/[^\w]/g, String.raw`\$&`)}`;
  const words = [literal, ...(variable === null ? [] : [String.raw`\$\{?${variable}\}?`])].join('|');
  return new RegExp(`${STARTED}["']?(?:${words})["']?(?=[ \\t;&|)<>]|$)`, 'm').test(commands);
}

/** What is wrong with a script. Empty for what is no script, or no text. `type` is the slot's; `isStarted`: the template starts it itself. */
export function scriptDefects(name: string, type: string, bytes: Uint8Array, isStarted = false): ScriptDefect[] {
  const text = bytesAsText(bytes);
  const isWide = utf16(bytes) !== null;
  const unmarked = text.startsWith(MARK) ? text.slice(MARK.length) : text;
  if (!unmarked.startsWith('#!') && !isStarted && !mayBeScript(name, type)) return [];
  if (unmarked.includes('\0')) return [];
  const found: ScriptDefect[] = isWide
    ? ['utf-16']
    : text.startsWith(MARK) && isRun(name, unmarked)
      ? ['byte-order-mark']
      : [];
  const hasLineFeeds = unmarked.includes('\n');
  if (unmarked.includes('\r\n') && isRun(name, unmarked)) found.push('windows-line-ends');
  else if (!hasLineFeeds && /\r[^\r]/.test(unmarked)) found.push('mac-line-ends');
  if (NOWHERE.test(unmarked)) found.push('interpreter');
  if (isStarted && unmarked !== '' && !unmarked.startsWith('#!')) found.push('interpreter-missing');
  return found;
}

/** Where the usual interpreters are on every Linux; the others are looked for. */
function findable(interpreter: string): string {
  return interpreter === 'sh' || interpreter === 'bash' ? `/bin/${interpreter}` : `/usr/bin/env ${interpreter}`;
}

/** The script as Linux reads it: UTF-8 without a mark, Unix line ends, an interpreter that can be found. Other bytes stay as they are. */
export function mendScript(bytes: Uint8Array): Uint8Array {
  const text = bytesAsText(bytes);
  const unmarked = text.startsWith(MARK) ? text.slice(MARK.length) : text;
  if (unmarked.includes('\0')) return bytes;
  return Buffer.from(
    unmarked.replaceAll(/\r\n?/g, '\n').replace(NOWHERE, (_, interpreter: string) => `#!${findable(interpreter)}`),
    'latin1',
  );
}
