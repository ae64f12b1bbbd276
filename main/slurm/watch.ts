import { quote } from '../../shared/lib/quote.ts';
import { queueCommand, readQueue, type QueueRow } from './queue.ts';
import { MARK } from './record.ts';
import { PROTOCOL_FOLDER, taskFile } from './runFolder.ts';
import { LIMIT } from './sections.ts';

export interface WatchPlan {
  readonly user: string;
  readonly runs: readonly { runFolder: string; jobId: string }[];
  /** Whose queues are asked for: null for the login node's own cluster, names for others of its federation. */
  readonly clusters: readonly (string | null)[];
}

/** What a job wrote about itself, in the order of the plan's runs. */
export interface RunReport {
  readonly progress: { percent: number; text: string } | null;
  /** From the EXIT trap; null means unknown, not success. `at` in epoch seconds of the node's clock. */
  readonly exit: { code: number; at: number } | null;
}

/** What one squeue told. */
export interface QueueAnswer {
  /** Whole rows. They count even where the rest failed: a row that says its id first and last is no less true for those that are missing. */
  readonly rows: QueueRow[];
  /** False when squeue failed or its answer was cut: a job that is not among the rows may be in the queue. Never "nothing is running". */
  readonly whole: boolean;
  /** squeue's exit code, or null when the answer was cut. */
  readonly exitCode: number | null;
}

export interface WatchAnswer {
  /** In the order of the plan's clusters. */
  readonly queues: QueueAnswer[];
  readonly runs: RunReport[];
}

/** Bytes of a progress file's end in which its last line is looked for, and of that line what is shown. */
const PROGRESS_BYTES = { read: 2048, shown: 400 };
const EXIT_BYTES = 64;
/** For all reports of a cluster: a file system that hangs, or a file that became a pipe while it was looked at, must not keep the queue. */
const REPORT_SECONDS = 20;
/** For one squeue: it gives up by itself only after minutes, one after the other at every poll. */
export const SQUEUE_SECONDS = 40;

/**
 * sh function `report INDEX PROGRESS EXIT`. Both files are the job's own, and may be anything by now: what is no ordinary file is not
 * opened, and of one that is only a piece is read. A line whose beginning or end is not in that piece is not one.
 */
const REPORT = [
  "nl='",
  "'",
  'report() {',
  `  if [ -f "$2" ] && l=$(tail -c ${PROGRESS_BYTES.read} "$2"); then`,
  `    case $l in *"$nl"*) l=\${l##*"$nl"} ;; *) [ "\${#l}" -lt ${PROGRESS_BYTES.read - 1} ] || l= ;; esac`,
  `    [ -z "$l" ] || printf '${MARK} progress %s %.${PROGRESS_BYTES.shown}s\\n' "$1" "$l"`,
  '  fi',
  `  if [ -f "$3" ] && l=$(head -c ${EXIT_BYTES} "$3"; echo .); then`,
  `    case $l in *"$nl"*) printf '${MARK} exit %s %s\\n' "$1" "\${l%%"$nl"*}" ;; esac`,
  '  fi',
  '}',
].join('\n');

/** One script per poll: the progress and exit files of our runs first, then the whole queue of the user on each cluster. */
export function watchScript(plan: WatchPlan): string {
  const runs = plan.runs.map(({ runFolder, jobId }, index) => {
    const file = (name: 'exit' | 'progress'): string =>
      quote(`${runFolder}/${PROTOCOL_FOLDER}/${taskFile(name, jobId)}`);
    return `report ${index} ${file('progress')} ${file('exit')}`;
  });
  return [
    LIMIT,
    // by way of printf, a builtin: the paths of many runs are more than one argument of a program can be
    ...(runs.length === 0
      ? []
      : [
          `printf '%s\\n' ${quote([REPORT, ...runs].join('\n'))} | slipway_limit ${REPORT_SECONDS} /bin/sh 2>/dev/null`,
        ]),
    ...plan.clusters.flatMap((cluster, index) => [
      `echo '${MARK} queue ${index}'`,
      `slipway_limit ${SQUEUE_SECONDS} ${queueCommand(plan.user, cluster)}`,
      // the first character keeps this line apart from a row without an end of line
      `rc=$?; printf '\\n${MARK} end %s\\n' "$rc"`,
    ]),
    'exit "$rc"',
  ].join('\n');
}

/** Reads the answer of `watchScript` for a plan of `runs` runs and `clusters` clusters. Never throws. */
export function parseWatch(stdout: string, counts: { runs: number; clusters: number }): WatchAnswer {
  const text = `\n${stdout}`;
  const first = text.indexOf(`\n${MARK} queue 0\n`);
  const progress = new Map<number, RunReport['progress']>();
  const exits = new Map<number, RunReport['exit']>();
  for (const line of (first < 0 ? text : text.slice(0, first)).split('\n')) {
    const [, index, percent, text = ''] = /^@slipway progress (\d{1,6}) (\d{1,3})(?:\s(.*))?$/s.exec(line) ?? [];
    if (index !== undefined)
      progress.set(Number(index), { percent: Math.min(100, Number(percent)), text: shown(text) });
    const [, ended, code, at] = /^@slipway exit (\d{1,6}) (\d{1,3}) (\d{1,12})$/.exec(line) ?? [];
    if (ended !== undefined) exits.set(Number(ended), { code: Number(code), at: Number(at) });
  }
  return {
    queues: Array.from({ length: counts.clusters }, (_, i) => queueIn(text, i)),
    runs: Array.from({ length: counts.runs }, (_, i) => ({
      progress: progress.get(i) ?? null,
      exit: exits.get(i) ?? null,
    })),
  };
}

/** The queue of the cluster with this number. A name of a job may hold an end mark: the last one before the next queue is the true one. */
function queueIn(text: string, index: number): QueueAnswer {
  const begin = `\n${MARK} queue ${index}\n`;
  const from = text.indexOf(begin);
  if (from < 0) return { rows: [], whole: false, exitCode: null };
  const next = text.indexOf(`\n${MARK} queue ${index + 1}\n`, from);
  // of a section without rows, the end of line behind its head is the one before its end
  const section = text.slice(from + begin.length - 1, next < 0 ? undefined : next + 1);
  const end = section.lastIndexOf(`\n${MARK} end `);
  const code = end < 0 ? undefined : /^\n@slipway end (\d{1,3})\n?$/.exec(section.slice(end))?.[1];
  const { rows, whole } = readQueue(section.slice(1, end < 0 ? undefined : Math.max(1, end)));
  return { rows, whole: whole && code === '0', exitCode: code === undefined ? null : Number(code) };
}

/** A character that the cut at `PROGRESS_BYTES.shown` went through, and those that would move a cursor or turn the text around. */
function shown(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, ' ')
    .replace(/\ufffd$/, '')
    .trim();
}
