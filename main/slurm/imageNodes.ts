import { quote } from '../../shared/lib/quote.ts';
import { SBATCH } from './environment.ts';

/** Images that a node tells of in one answer: their beginnings are what it is long with. */
export const MOST_ON_NODE = 150;
/** Bytes of the beginning of each: header, record and definition of an image lie there. */
export const HEAD_BYTES = 49_152;
/** Minutes that the job may run, which looks for some seconds. */
const JOB_MINUTES = 2;

/** `~` is the home folder of the node, which may be another than that of the login node. */
const folderWord = (folder: string): string =>
  folder === '~' ? '"$HOME"' : folder.startsWith('~/') ? `"$HOME"/${quote(folder.slice(2))}` : quote(folder);

/**
 * A small sh program that looks through folders of the node it runs on, and prints each image with its size, time and beginning. It reads only. Names
 * and contents are base64, so that no line is any other's. Needs `find -maxdepth` and `stat -c`, which Linux has.
 */
export function nodeProgram(folders: readonly string[]): string {
  return `#!/bin/sh
# Looks for Apptainer images in folders of this node and prints the beginning of each. It writes nothing.
export LC_ALL=C
text() { base64 | tr -d '\\n'; }
left=${String(MOST_ON_NODE)}
look() {
  if [ ! -e "$2" ]; then echo "@slipway missing $1"; return; fi
  d=$(cd -P "$2" 2>/dev/null && pwd -P) || { echo "@slipway denied $1"; return; }
  echo "@slipway folder $1 $(printf %s "$d" | text)"
  find "$d" -maxdepth 5 -type f \\( -name '*.sif' -o -name '*.simg' -o -name '*.sqsh' -o -name '*.squashfs' -o -name '*.img' \\) 2>/dev/null | sort | {
    n=0
    while IFS= read -r f; do
      [ -f "$f" ] || continue
      if [ "$n" -ge "$left" ]; then echo "@slipway more $1"; break; fi
      n=$((n + 1))
      echo "@slipway image $1 $(stat -c '%s %Y' "$f") $(printf %s "$f" | text)"
      head -c ${String(HEAD_BYTES)} "$f" 2>/dev/null | gzip -c | text
      echo
    done
  }
}
echo "@slipway node \${SLURMD_NODENAME:-$(hostname)}"
${folders.map((folder, index) => `look ${String(index)} ${folderWord(folder)}`).join('\n')}
echo '@slipway end'
`;
}

/** An image as a node tells it; `head` is gzip in base64. */
export interface NodeImage {
  readonly folder: number;
  readonly path: string;
  readonly size: number;
  readonly modifiedAt: number;
  readonly head: string;
}

export interface NodeAnswer {
  readonly node: string;
  /** By the number of the folder: where it leads, or why it was not looked through. */
  readonly folders: ReadonlyMap<number, { readonly path: string } | 'missing' | 'denied'>;
  readonly images: readonly NodeImage[];
  /** Folders with more images than are told. */
  readonly more: ReadonlySet<number>;
}

const decoded = (text: string): string => Buffer.from(text, 'base64').toString('utf8');

/** Reads the answer of a `nodeProgram`; null where it is cut. What a node prints beside it is passed over. */
export function parseNodeAnswer(stdout: string): NodeAnswer | null {
  let node: string | null = null;
  const folders = new Map<number, { path: string } | 'missing' | 'denied'>();
  const images: NodeImage[] = [];
  const more = new Set<number>();
  const lines = stdout.split('\n');
  for (const [at, line] of lines.entries()) {
    if (!line.startsWith('@slipway ')) continue;
    const [, kind = '', number = '', ...rest] = line.split(' ');
    const index = Number(number);
    if (kind === 'node') node = number;
    else if (kind === 'end') return node === null ? null : { node, folders, images, more };
    else if (kind === 'missing' || kind === 'denied') folders.set(index, kind);
    else if (kind === 'folder') folders.set(index, { path: decoded(rest[0] ?? '') });
    else if (kind === 'more') more.add(index);
    else if (kind === 'image') {
      const [size = '', modifiedAt = '', path = ''] = rest;
      if (/^\d+$/.test(size) && /^-?\d+$/.test(modifiedAt) && path !== '' && images.length < MOST_ON_NODE * 100)
        images.push({
          folder: index,
          path: decoded(path),
          size: Number(size),
          modifiedAt: Number(modifiedAt),
          head: lines[at + 1] ?? '',
        });
    }
  }
  return null;
}

const SSH = 'ssh -o BatchMode=yes -o ConnectTimeout=5 -o StrictHostKeyChecking=yes';

/** Slurm's programs that `nodeProbeScript` runs, one entry for each place. */
export const NODE_PROBE_PROGRAMS = ['sinfo'] as const;

/** sh that names a node of the partition that is up, and whether the login node reaches it by ssh without a question. */
export function nodeProbeScript(partition: string, nonce: string): string {
  return `n=$(sinfo -h -p ${quote(partition)} -t idle,mixed,allocated,completing -o %n 2>/dev/null | head -n 1)
s=no; if [ -n "$n" ] && ${SSH} "$n" true </dev/null >/dev/null 2>&1; then s=yes; fi
printf '\\n@${nonce} %s %s\\n' "$s" "$n"`;
}

/** Null where the script did not get to its end; no node where none is up. */
export function parseNodeProbe(stdout: string, nonce: string): { node: string | null; ssh: boolean } | null {
  const said = new RegExp(`\\n@${nonce} (yes|no) ([A-Za-z0-9_.-]*)\\n`).exec(stdout);
  return said === null ? null : { node: said[2] === '' ? null : (said[2] ?? null), ssh: said[1] === 'yes' };
}

/** The program on a node, through the login node. */
export function onNodeBySsh(node: string, program: string): string {
  return `printf %s ${quote(program)} | ${SSH} ${quote(node)} sh -s`;
}

/** What a short job is called, and where it writes. */
const jobName = (nonce: string): string => `slipway-images-${nonce}`;
const jobFile = (nonce: string): string => `"$HOME"/.slipway-images-${nonce}.out`;

export const NODE_JOB_PROGRAMS = ['sbatch'] as const;

/** sh that submits the program as one short job. */
export function onNodeByJob(partition: string, program: string, nonce: string): string {
  return `printf %s ${quote(program)} | ${SBATCH} --parsable --partition=${quote(partition)} --time=${String(JOB_MINUTES)} --nodes=1 --ntasks=1 --job-name=${jobName(nonce)} --output=${jobFile(nonce)} --error=/dev/null`;
}

export const NODE_LOOK_PROGRAMS = ['squeue'] as const;

/** sh that prints what the job wrote once it is whole, else its state and reason. */
export function nodeJobLookScript(nonce: string): string {
  return `f=${jobFile(nonce)}
if [ -f "$f" ] && tail -n 1 "$f" | grep -q '^@slipway end$'; then cat "$f"
else printf '@${nonce} %s\\n' "$(squeue -h -u "$(id -un)" -n ${jobName(nonce)} -o '%T %r' 2>/dev/null | head -n 1)"; fi`;
}

/** The state and reason of the job; empty when the queue does not have it; null when the answer is the job's own. */
export function parseNodeJobLook(stdout: string, nonce: string): string | null {
  return new RegExp(`^@${nonce} (.*)$`, 'm').exec(stdout)?.[1]?.trim() ?? null;
}

export const NODE_CLEANUP_PROGRAMS = ['scancel'] as const;

/** sh that ends the job if it is there, and removes what it wrote: the name is nobody else's. */
export function nodeJobCleanupScript(nonce: string): string {
  return `scancel -u "$(id -un)" -n ${jobName(nonce)} 2>/dev/null; rm -f ${jobFile(nonce)}`;
}
