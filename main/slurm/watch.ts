import { quote } from '../../shared/lib/quote.ts';
import { parseQueue, queueCommand, type QueueRow } from './queue.ts';
import { MARK } from './record.ts';
import { PROTOCOL_FOLDER, taskFile } from './runFolder.ts';
import { LIMIT } from './sections.ts';

export interface WatchPlan {
  readonly user: string;
  readonly runs: readonly { runFolder: string; jobId: string }[];
}

/** What a job wrote about itself, in the order of the plan's runs. */
export interface RunReport {
  readonly progress: { percent: number; text: string } | null;
  /** From the EXIT trap; null means unknown, not success. `at` in epoch seconds of the node's clock. */
  readonly exit: { code: number; at: number } | null;
}

export interface WatchAnswer {
  /** null: squeue failed or the answer was cut. Never "nothing is running". */
  readonly queue: QueueRow[] | null;
  /** squeue's exit code, or null when the answer was cut. */
  readonly exitCode: number | null;
  readonly runs: RunReport[];
}

/** Bytes of a progress file's end in which its last line is looked for, and of that line what is shown. */
const PROGRESS_BYTES = { read: 2048, shown: 400 };
const EXIT_BYTES = 64;
/** For all reports of a cluster: a file system that hangs, or a file that became a pipe while it was looked at, must not keep the queue. */
const REPORT_SECONDS = 20;

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

/** One script per poll: the progress and exit files of our runs first, then the whole queue of the user. */
export function watchScript(plan: WatchPlan): string {
  const runs = plan.runs.map(({ runFolder, jobId }, index) => {
    const file = (name: 'exit' | 'progress'): string => quote(`${runFolder}/${PROTOCOL_FOLDER}/${taskFile(name, jobId)}`);
    return `report ${index} ${file('progress')} ${file('exit')}`;
  });
  return [
    // by way of printf, a builtin: the paths of many runs are more than one argument of a program can be
    ...(runs.length === 0 ? [] : [LIMIT, `printf '%s\\n' ${quote([REPORT, ...runs].join('\n'))} | slipway_limit ${REPORT_SECONDS} /bin/sh 2>/dev/null`]),
    `echo '${MARK} queue'`,
    queueCommand(plan.user),
    // the first character keeps this line apart from a job name without an end of line
    `rc=$?; printf '\\n${MARK} end %s\\n' "$rc"; exit "$rc"`,
  ].join('\n');
}

/** Reads the answer of `watchScript` for a plan of `count` runs. Never throws. */
export function parseWatch(stdout: string, count: number): WatchAnswer {
  const lines = stdout.split('\n');
  const start = lines.indexOf(`${MARK} queue`);
  const reports = start < 0 ? lines : lines.slice(0, start);
  const progress = new Map<number, RunReport['progress']>();
  const exits = new Map<number, RunReport['exit']>();
  for (const line of reports) {
    const [, index, percent, text = ''] = /^@slipway progress (\d{1,6}) (\d{1,3})(?:\s(.*))?$/s.exec(line) ?? [];
    if (index !== undefined) progress.set(Number(index), { percent: Math.min(100, Number(percent)), text: shown(text) });
    const [, ended, code, at] = /^@slipway exit (\d{1,6}) (\d{1,3}) (\d{1,12})$/.exec(line) ?? [];
    if (ended !== undefined) exits.set(Number(ended), { code: Number(code), at: Number(at) });
  }
  const end = lines.findLastIndex((line) => line.startsWith(`${MARK} end `));
  const code = /^@slipway end (\d+)$/.exec(lines[end] ?? '')?.[1];
  const whole = start >= 0 && end > start && code !== undefined;
  return {
    queue: whole && code === '0' ? parseQueue(lines.slice(start + 1, end).join('\n')) : null,
    exitCode: whole ? Number(code) : null,
    runs: Array.from({ length: count }, (_, i) => ({ progress: progress.get(i) ?? null, exit: exits.get(i) ?? null })),
  };
}

/** A character that the cut at `PROGRESS_BYTES.shown` went through, and those that would move a cursor or turn the text around. */
function shown(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, ' ').replace(/\ufffd$/, '').trim();
}
