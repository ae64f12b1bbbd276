/**
 * File operations as shell scripts, and what they answer. Beside POSIX they need `head -c` and a `stat` of GNU, busybox or the BSDs: POSIX
 * has no program that prints a file's time in seconds. No name is ever in a line that is read by lines.
 */
import { quote } from '../../../shared/lib/quote.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { plain } from '../../../shared/lib/plain.ts';
import { message, type Message, quoted } from '../../../shared/messages/message.ts';
import type { FilePiece, FileSystemSpace, RemoteEntry } from '../../core/remoteFiles.ts';
import { toRemoteStat } from './files.ts';

/** Whose options the server's `stat` takes: `-c` (GNU coreutils, busybox) or `-f` (the BSDs). */
export type StatKind = 'gnu' | 'bsd';

/** Messages in English, and relative paths from the home folder whatever a start-up file did. */
const BEGIN = 'export LC_ALL=C; cd 2>/dev/null';

/** A relative path must not look like an option. */
function word(remotePath: string): string {
  return quote(remotePath.startsWith('/') ? remotePath : `./${remotePath}`);
}

/** Mode in hexadecimal, bytes, epoch seconds and, for each file of a folder, its name, which a slash ends since no name has one. */
function statCommand(kind: StatKind, more: string): string {
  return kind === 'gnu' ? `stat ${more} -c '%f %s %Y %n/'` : `stat ${more} -f '%Xp %z %m %N/'`;
}

/** Prints `b gnu` or `b bsd` where everything is there that the others need. */
export const TOOLS_SCRIPT = `${BEGIN}
printf abc | tail -c +2 | head -c 1
if stat -L -c '%f %s %Y %n/' / >/dev/null 2>&1; then echo ' gnu'; elif stat -L -f '%Xp %z %m %N/' / >/dev/null 2>&1; then echo ' bsd'; fi`;

export function statKindOf(answer: string): StatKind | null {
  const kind = /^b (gnu|bsd)\n$/.exec(answer)?.[1];
  return kind === 'gnu' || kind === 'bsd' ? kind : null;
}

export const HOME_SCRIPT = `${BEGIN}; pwd -P`;

/** Of what a link leads to, or of the link itself. */
export function statScript(kind: StatKind, remotePath: string, follow: boolean): string {
  return `${BEGIN}; ${statCommand(kind, follow ? '-L' : '')} ${word(remotePath)}`;
}

/** The longest line of a `statCommand`: mode, bytes, seconds and a name of 255 bytes, with what stands between. */
export const MAX_LIST_LINE = 320;

/** Prints a folder's entries, up to so many bytes: so many times MAX_LIST_LINE are at least so many entries. */
export function listScript(kind: StatKind, folder: string, maxBytes: number): string {
  const entered = `cd ${word(folder)} 2>/dev/null || { ls -d ${word(`${folder}/.`)} >/dev/null; exit 1; }`;
  return `${BEGIN}; ${entered}\nfind . ! -name . -prune -exec ${statCommand(kind, '')} {} + | head -c ${String(maxBytes)}`;
}

/** The one of a `statScript`, whose name is not told. */
export function parseStat(answer: string): Omit<RemoteEntry, 'name'> | null {
  const [, mode, size, modifiedAt] = /^([0-9a-f]+) (\d+) (-?\d+) /i.exec(answer) ?? [];
  return mode === undefined ? null : toRemoteStat(parseInt(mode, 16), Number(size), Number(modifiedAt));
}

export function parseList(answer: string): RemoteEntry[] {
  return Array.from(
    answer.matchAll(/([0-9a-f]+) (\d+) (-?\d+) \.\/([^/]*)\/\n/giy),
    ([, mode = '', size, modifiedAt, name = '']) => ({
      name,
      ...toRemoteStat(parseInt(mode, 16), Number(size), Number(modifiedAt)),
    }),
  );
}

/** Prints the path without links, as far as it exists. `x` keeps line ends of a name from being taken for that of the command. */
export function resolveScript(absolute: string): string {
  return `${BEGIN}; p=${quote(absolute)}; r=
while [ ! -e "$p" ] && [ "$p" != / ]; do r="/\${p##*/}$r"; p=\${p%/*}; p=\${p:-/}; done
if [ -d "$p" ] && cd -P "$p" 2>/dev/null; then d=$(pwd -P; echo x); else d=$(readlink -f "$p" && echo x) || exit 1; fi
d=\${d%?x}; [ "$d" != / ] || d=
printf '%s' "$d$r"`;
}

/** Prints the bytes themselves. */
export function readScript(remotePath: string, offset: number, length: number): string {
  const from = offset === 0 ? '' : `tail -c +${String(offset + 1)} | `;
  return `${BEGIN}; exec < ${word(remotePath)} || exit 1\n${from}head -c ${String(length)}`;
}

/** Bytes of the line in front of each piece, at most: how many there are, or `x`. */
export const PIECE_FRAME = 24;

/** Some of the pieces at a time: with more bytes together than `bytes` only where one alone has more. */
export function piecesOf(bytes: number, pieces: readonly FilePiece[]): FilePiece[][] {
  const groups: FilePiece[][] = [];
  let size = Infinity;
  for (const piece of pieces) {
    if (size + piece.length > bytes) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)?.push(piece);
    size += piece.length;
  }
  return groups;
}

/**
 * Prints each piece behind a line with its length, or the line `x` where it cannot be read. What is no file is not opened: a named pipe would
 * wait for somebody to write.
 */
export function readManyScript(pieces: readonly FilePiece[]): string {
  const asked = pieces.map(({ path, offset, length }) => `p ${String(offset + 1)} ${String(length)} ${word(path)}`);
  return `${BEGIN}
g() { if [ "$1" -eq 1 ]; then head -c "$2" < "$3"; else tail -c "+$1" < "$3" | head -c "$2"; fi; }
p() { if [ -f "$3" ] && [ -r "$3" ]; then n=$(($(g "$@" 2>/dev/null | wc -c))); echo "$n"; g "$1" "$n" "$3"; else echo x; fi; }
${asked.join('\n')}`;
}

/** As many as were asked for; null where the answer is another one. */
export function parsePieces(answer: Buffer, count: number): (Uint8Array | null)[] | null {
  const found: (Uint8Array | null)[] = [];
  let at = 0;
  for (let piece = 0; piece < count; piece += 1) {
    const end = answer.indexOf(10, at);
    const said = end < 0 || end - at > PIECE_FRAME ? '' : answer.toString('latin1', at, end);
    at = end + 1;
    if (said === 'x') found.push(null);
    else {
      const length = /^\d+$/.test(said) ? Number(said) : NaN;
      if (!(at + length <= answer.length)) return null;
      found.push(new Uint8Array(answer.subarray(at, at + length)));
      at += length;
    }
  }
  return at === answer.length ? found : null;
}

/** The exit code of a `hashScript` on a server that has no program for it. */
export const NO_HASH = 66;

/**
 * Prints the SHA-256 of a range. Of the programs that can make one the first that works is taken, which it shows on nothing: an openssl may
 * be there and not start, and openssl is the quickest.
 */
export function hashScript(remotePath: string, offset: number, length: number): string {
  const from = offset === 0 ? '' : `$n tail -c +${String(offset + 1)} | `;
  return `${BEGIN}; exec < ${word(remotePath)} || exit 1
t=; for p in 'openssl dgst -sha256 -r' sha256sum 'shasum -a 256'; do
case $(printf '' | $p 2>/dev/null) in e3b0c44298fc1c14*) t=$p; break ;; esac; done
[ -n "$t" ] || exit ${String(NO_HASH)}
n=; if command -v nice >/dev/null; then n='nice -n 19'; fi
${from}$n head -c ${String(length)} | $n $t`;
}

/** Null where the server has no program for it. */
export function parseHash(answer: string): string | null {
  return /^[0-9a-f]{64}/.exec(answer)?.[0] ?? null;
}

/**
 * Puts so many bytes of its input into the file: at this place of what is there, of which nothing is cut, or in its place (`anew`). `dd` moves
 * the place without a byte.
 */
export function takeScript(remotePath: string, bytes: number, where: number | 'anew'): string {
  const file = word(remotePath);
  const take = `head -c ${String(bytes)}`;
  if (where === 'anew') return `${BEGIN}; umask 077; ${take} > ${file}`;
  const seek = where === 0 ? '' : `dd bs=1 seek=${String(where)} count=0 conv=notrunc </dev/null 2>/dev/null && `;
  return `${BEGIN}; umask 077; { ${seek}${take}; } 1<>${file}`;
}

/** The same after its end, of a file that is made with this mode if it is not there. */
export function appendScript(remotePath: string, bytes: number, mode: number): string {
  return `${BEGIN}; umask ${(0o777 & ~mode).toString(8)}; head -c ${String(bytes)} >> ${word(remotePath)}`;
}

/** The exit code of a `finishScript` that found another size, which it prints. */
export const OTHER_SIZE = 65;

/** `mv` would put the file into a folder of that name. `sync` takes a file in GNU coreutils; others do without, rather than sync every disk. */
export function finishScript(part: string, remotePath: string, bytes: number, mode: number, sync: boolean): string {
  return `${BEGIN}; if [ -d ${word(remotePath)} ]; then echo 'a folder is in the way' >&2; exit 1; fi
n=$(wc -c < ${word(part)}) || exit 1
[ "$n" -eq ${String(bytes)} ] || { echo "$n"; exit ${String(OTHER_SIZE)}; }
${sync ? `sync ${word(part)} >/dev/null 2>&1\n` : ''}chmod ${mode.toString(8)} ${word(part)} && mv -f ${word(part)} ${word(remotePath)}`;
}

/** In one step: a link to a folder is replaced itself, for which GNU and busybox have one option and the BSDs another. */
export function renameScript(from: string, to: string): string {
  const [a, b] = [word(from), word(to)];
  return `${BEGIN}; if [ -L ${b} ]; then mv -fT ${a} ${b} 2>/dev/null || mv -fh ${a} ${b}
elif [ -d ${b} ]; then echo 'a folder is in the way' >&2; exit 1
else mv -f ${a} ${b}; fi`;
}

export function linkScript(target: string, remotePath: string, kind: 'symbolic' | 'hard'): string {
  // in a folder of that name `ln` would make it
  const free = `if [ -L ${word(remotePath)} ] || [ -e ${word(remotePath)} ]; then echo 'there is something already' >&2; exit 1; fi`;
  const words = kind === 'symbolic' ? `-s -- ${quote(target)}` : word(target);
  return `${BEGIN}; ${free}\nln ${words} ${word(remotePath)}`;
}

/** Prints a line for each second that it lasts, with the bytes that are copied. The copy has the permissions of what is copied. */
export function copyScript(kind: StatKind, from: string, part: string, mode: number): string {
  const size = kind === 'gnu' ? `stat -c %s ${word(part)}` : `stat -f %z ${word(part)}`;
  return `${BEGIN}; umask 077; cp -f ${word(from)} ${word(part)} & p=$!
while sleep 1 && kill -0 $p 2>/dev/null; do ${size} 2>/dev/null; done & w=$!
wait $p; c=$?; kill $w 2>/dev/null; wait $w 2>/dev/null
[ $c -eq 0 ] || exit $c
chmod ${mode.toString(8)} ${word(part)} && ${size}`;
}

/** The exit code of a removal that found nothing; whether there is nothing or it may not be seen, `ls` says. */
export const NOTHING_FOUND = 68;

function orNothing(file: string): string {
  return `if [ ! -e ${file} ] && [ ! -L ${file} ]; then ls -d ${file} >/dev/null; exit ${String(NOTHING_FOUND)}; fi`;
}

/** Removes a file or link; a folder is refused by `rm` itself. */
export function removeOneScript(remotePath: string): string {
  return `${BEGIN}; ${orNothing(word(remotePath))}\nrm -f ${word(remotePath)}`;
}

/**
 * Removes a folder and all in it, and prints how many entries each step took. Nothing is followed, `find` sees to that. The root, the home folder and
 * what it lies in stay, by whatever name they are called.
 */
export function removeTreeScript(folder: string): string {
  const tree = word(folder.replace(/(?<=.)\/+$/, ''));
  return `${BEGIN}; h=$(pwd -P); t=${tree}
${orNothing('"$t"')}
if [ -L "$t" ] || [ ! -d "$t" ]; then echo 'it is no folder' >&2; exit 1; fi
r=$(cd -P "$t" && pwd -P) || exit 1
case "$h/" in "\${r%/}/"*) echo 'the home folder is in it' >&2; exit 1 ;; esac
[ "$r" != / ] || { echo 'it is the root' >&2; exit 1; }
find "$t" ! -type d -exec sh -c 'rm -f "$@" && echo $#' sh {} + &&
find "$t" -depth -type d -exec sh -c 'rmdir "$@" && echo $#' sh {} +`;
}

/** Prints bytes of the file system, those that are free for this user, and the same of inodes where it tells; else what POSIX has, in KiB. */
export function spaceScript(remotePath: string): string {
  const file = word(remotePath);
  return `${BEGIN}; [ -e ${file} ] || { ls -d ${file} >/dev/null; exit 1; }
stat -f -c 'stat %S %b %a %c %d' ${file} 2>/dev/null && exit
df -Pk ${file} | awk 'END { printf "df %.0f %.0f\\n", $(NF - 4), $(NF - 2) }'`;
}

export function parseSpace(answer: string): FileSystemSpace | null {
  const [, unit, blocks, free, files, freeFiles] = /^stat (\d+) (\d+) (\d+) (\d+) (\d+)$/m.exec(answer) ?? [];
  if (unit !== undefined) {
    // a file system without a table of inodes tells zero
    const inodes = Number(files) > 0;
    return {
      total: Number(unit) * Number(blocks),
      free: Number(unit) * Number(free),
      files: inodes ? Number(files) : null,
      freeFiles: inodes ? Number(freeFiles) : null,
    };
  }
  const [, kib, freeKib] = /^df (\d+) (\d+)$/m.exec(answer) ?? [];
  return kib === undefined
    ? null
    : { total: Number(kib) * 1024, free: Number(freeKib) * 1024, files: null, freeFiles: null };
}

export function removeScript(remotePath: string): string {
  return `${BEGIN}; rm -f ${word(remotePath)}`;
}

/** The parents that are made have the mode by the umask; the folder itself also where an ACL of its parent overrules that. */
export function makeFolderScript(folder: string, mode: number | null): string {
  if (mode === null) return `${BEGIN}; mkdir -p ${word(folder)}`;
  return `${BEGIN}; (umask ${(0o777 & ~mode).toString(8)} && mkdir -p -m ${mode.toString(8)} ${word(folder)})`;
}

/**
 * The words of strerror(3) for what SFTP calls "no such file", and those of dash and busybox for the same. They are looked for at the end
 * alone: before it a message may name the file.
 */
const MISSING =
  /(?:No such file(?: or directory)?|Directory nonexistent|nonexistent directory|Not a directory|Too many levels of symbolic links)\]?$/i;

export function saysMissing(stderr: string): boolean {
  return MISSING.test(stderr.trimEnd());
}

/** What a program said, without its own name and the file's. */
export function complaint(stderr: string): Message {
  const words = plain(stderr).trimEnd();
  const said = words.slice(words.lastIndexOf(': ') + 1).trim();
  return said === '' ? message('remoteFiles.noReason') : quoted(said);
}

/** REMOTE_PATH_MISSING or REMOTE_FILE_DENIED. */
export function scriptError(remotePath: string, stderr: string): AppError {
  return saysMissing(stderr)
    ? new AppError('REMOTE_PATH_MISSING', { details: { path: remotePath } })
    : new AppError('REMOTE_FILE_DENIED', { details: { path: remotePath, reason: complaint(stderr) } });
}
