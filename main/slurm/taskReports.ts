/** What the tasks of runs wrote about themselves, in files of the run protocol: their progress, and how they ended. */
import { quote } from '../../shared/lib/quote.ts';
import { MARK } from './record.ts';
import { PROTOCOL, PROTOCOL_FOLDER } from './runFolder.ts';

export interface WatchedRun {
  readonly runFolder: string;
  /** The tasks of an array whose word is wanted, as ranges (`1-3,7`), which may be none; null for a plain job. */
  readonly tasks: string | null;
}

/** What one task wrote. */
export interface TaskReport {
  readonly progress: { percent: number; text: string } | null;
  /**
   * From the EXIT trap; null means unknown, not success. `at` in epoch seconds of the node's clock; `restarts`: how often Slurm had put the
   * task back before this start of it, null where its script does not say.
   */
  readonly exit: { code: number; at: number; restarts: number | null } | null;
}

/** By index; null is the only task of a plain job. Tasks that wrote nothing are missing. */
export type TaskReports = ReadonlyMap<number | null, TaskReport>;

/** Bytes of a progress file's end in which its last line is looked for, and of that line what is shown. */
const PROGRESS_BYTES = { read: 2048, shown: 400 };
const EXIT_BYTES = 64;

/**
 * sh function `report RUN PROGRESS EXIT` for a plain job. Both files are the job's own, and may be anything by now: what is no ordinary
 * file is not opened, and of one that is only a piece is read. A line whose beginning or end is not in that piece is not one.
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

/**
 * sh function `report_tasks RUN FOLDER RANGES` for an array: the same of each task's files, by a handful of programs however many tasks
 * there are. The names that are there are listed and held against the ranges, so that the files of tasks whose end is known are not
 * opened again. head and tail put a heading before each file, and an empty line before the next one where the file ended a line.
 */
const REPORT_TASKS = [
  'report_tasks() (',
  '  cd "$2" 2>/dev/null || exit 0',
  '  export LC_ALL=C',
  // $1 is the file's kind; names are letters, digits and a dash by then
  `  wanted() { ls | awk -v kind="$1" -v ranges="$2" 'BEGIN {`,
  '      n = split(ranges, range, ",")',
  '      for (i = 1; i <= n; i++) { m = split(range[i], end, "-"); for (t = end[1] + 0; t <= end[m] + 0; t++) want[t] = 1 }',
  '    }',
  `    /^[a-z]+-[0-9]+$/ { split($0, part, "-"); if (part[1] == kind && part[2] in want) print }' |`,
  '    while IFS= read -r f; do [ ! -f "$f" ] || printf \'%s\\n\' "$f"; done; }',
  // $1 kind, $2 run, $3 bytes of a piece; what is longer than a piece lost its beginning or its end
  `  told() { awk -v kind="$1" -v run="$2" -v most="$3" '`,
  '    function tell() {',
  '      if (task == "" || line == "" || (kind == "exit" && lines < 2) || (kind != "exit" && at == 1 && length(line) >= most - 1)) return',
  `      printf "${MARK} %s %s_%s %.${PROGRESS_BYTES.shown}s\\n", kind, run, task, line`,
  '    }',
  '    /^==> [^ ]* <==$/ { tell(); task = $2; if (!sub("^" kind "-", "", task)) task = ""; line = ""; lines = 0; next }',
  '    { lines++; if (kind == "exit" ? lines == 1 : $0 != "") { line = $0; at = lines } }',
  `    END { tell() }'; }`,
  // /dev/null before and behind: a heading for one file too, and an end for the last
  `  wanted ${PROTOCOL.progress} "$3" | xargs sh -c 'tail -c ${PROGRESS_BYTES.read} /dev/null "$@" /dev/null' sh | told ${PROTOCOL.progress} "$1" ${PROGRESS_BYTES.read}`,
  `  wanted ${PROTOCOL.exit} "$3" | xargs sh -c 'head -c ${EXIT_BYTES} /dev/null "$@" /dev/null' sh | told ${PROTOCOL.exit} "$1" ${EXIT_BYTES}`,
  ')',
].join('\n');

/** The sh functions that `reportCommand` calls. */
export const REPORT_FUNCTIONS: readonly string[] = [REPORT, REPORT_TASKS];

/** The line of sh that prints what the tasks of run number `run` wrote. */
export function reportCommand({ runFolder, tasks }: WatchedRun, run: number): string {
  const folder = `${runFolder}/${PROTOCOL_FOLDER}`;
  if (tasks === null)
    return `report ${run} ${quote(`${folder}/${PROTOCOL.progress}`)} ${quote(`${folder}/${PROTOCOL.exit}`)}`;
  return tasks === '' ? ':' : `report_tasks ${run} ${quote(folder)} ${quote(tasks)}`;
}

const TOLD = /^@slipway (progress|exit) (\d{1,6})(?:_(\d{1,7}))? (\d{1,3})(?:\s(.*))?$/s;

/** Reads what the functions print, for `runs` runs. Lines that are something else are left out; never throws. */
export function parseReports(text: string, runs: number): TaskReports[] {
  const reports = Array.from({ length: runs }, () => new Map<number | null, TaskReport>());
  for (const line of text.split('\n')) {
    const [, kind, run, task, number, rest = ''] = TOLD.exec(line) ?? [];
    const report = reports[Number(run)];
    if (report === undefined) continue;
    const index = task === undefined ? null : Number(task);
    const before = report.get(index) ?? { progress: null, exit: null };
    if (kind === 'progress')
      report.set(index, { ...before, progress: { percent: Math.min(100, Number(number)), text: shown(rest) } });
    else {
      const [, at, restarts] = /^(\d{1,12})(?: (\d{1,6}))?$/.exec(rest) ?? [];
      if (at === undefined) continue;
      const exit = { code: Number(number), at: Number(at), restarts: restarts === undefined ? null : Number(restarts) };
      report.set(index, { ...before, exit });
    }
  }
  return reports;
}

/** A character that the cut at `PROGRESS_BYTES.shown` went through, and those that would move a cursor or turn the text around. */
function shown(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, ' ')
    .replace(/\ufffd$/, '')
    .trim();
}
