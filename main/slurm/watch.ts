import { quote } from '../../shared/lib/quote.ts';
import { parseQueue, queueCommand, type QueueRow } from './queue.ts';
import { MARK } from './record.ts';
import { PROTOCOL_FOLDER, taskFile } from './runFolder.ts';

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

/** One script per poll: the progress and exit files of our runs first, then the whole queue of the user. */
export function watchScript(plan: WatchPlan): string {
  const runs = plan.runs.map(({ runFolder, jobId }, index) => {
    const file = (name: 'exit' | 'progress'): string => quote(`${runFolder}/${PROTOCOL_FOLDER}/${taskFile(name, jobId)}`);
    return `report ${index} ${file('progress')} ${file('exit')}`;
  });
  return [
    'report() {',
    `  [ ! -s "$2" ] || printf '${MARK} progress %s %s\\n' "$1" "$(tail -n 1 "$2")"`,
    `  [ ! -s "$3" ] || { read -r l <"$3" && printf '${MARK} exit %s %s\\n' "$1" "$l"; }`,
    '}',
    ...runs,
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
    const [, index, percent, text = ''] = /^@slipway progress (\d+) (\d{1,3})(?: (.*))?$/.exec(line) ?? [];
    if (index !== undefined) progress.set(Number(index), { percent: Math.min(100, Number(percent)), text: text.trim() });
    const [, ended, code, at] = /^@slipway exit (\d+) (\d{1,3}) (\d{1,12})$/.exec(line) ?? [];
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
