/**
 * Never twice, never lost: how a run becomes one Slurm job.
 *
 * A detached process (`RUNNER`) makes the file `attempt-N/owner`, which is the lock, and runs sbatch right after; its answer goes
 * into files, which alone count: the caller may die and come back at any point. A caller that waits hears of the end through a pipe, so
 * that it need not look at the files again and again; the process never waits for it. Two callers at once
 * start two processes, of which one gets the lock. A process that starts late competes for the same lock: as long as there is no
 * lock, nothing has run and starting again is safe.
 *
 * A refusal that is certain allows generation N + 1. An outcome that is not known never does.
 */
import { assertNever } from '../../shared/lib/assertNever.ts';
import { quote, quoteAll } from '../../shared/lib/quote.ts';
import { CERTAINTY } from './certainty.ts';
import { SBATCH } from './environment.ts';
import { readRecord, SAY } from './record.ts';
import { ABANDONED, ATTEMPT, PROTOCOL, PROTOCOL_FOLDER, runFolderMode, SCRIPT_NAME } from './runFolder.ts';
import { PRINTED_ID } from './submittedId.ts';

export interface SubmitPlan {
  /** Absolute. */
  readonly runFolder: string;
  /** The exact text of job.sh. */
  readonly script: string;
  /** Inputs to verify before sbatch: path (absolute, or within the run folder) and SHA-256 in lower-case hex. */
  readonly checks: readonly { path: string; sha256: string }[];
  /** Of the folders that are made, those above the run folder included; 0700 when it is left out. */
  readonly folderMode?: number;
  /** How long to wait for sbatch before answering `running`. */
  readonly waitSeconds: number;
}

export interface ProbePlan {
  readonly runFolder: string;
  readonly user: string;
  /** Cluster time before which the job cannot have been submitted. */
  readonly sinceEpochSeconds: number;
}

export type SubmitOutcome =
  | { kind: 'submitted'; jobId: string; slurmCluster: string | null; warnings: string }
  /** `said`: all that sbatch and the site's programs around it printed, standard output first. */
  | { kind: 'refused'; exitCode: number; said: string }
  | { kind: 'running' }
  | { kind: 'hashMismatch'; paths: string[] }
  | { kind: 'ambiguous'; evidence: string }
  | { kind: 'nothing' };

/** sbatch gives up after 120 s of a busy controller; an attempt that is older than this and has no answer is not at work any more. */
const SBATCH_LIFETIME_SECONDS = 180;
/** Longest text of sbatch that is carried back. */
const TEXT_LIMIT_BYTES = 16_384;

/** How long after the end of sbatch the queue's word is enough: an ended job stays in it for longer (MinJobAge, 300 s unless a site sets it), and one that ran has claimed its run. */
const QUEUE_KNOWS_SECONDS = 30;

/**
 * The detached process: `sh -c RUNNER slipway RUN_FOLDER GENERATION HOST LC_ALL`. The job must not inherit the locale and time
 * format of our own commands. 129 to 192 is a death by signal; 255 is sbatch's own code for an option that it does not understand.
 * With an id and another exit code than these, a program around sbatch failed: whether there is a job is left to the queue.
 * The lock is the owner file, made under no-clobber (O_EXCL): as atomic as mkdir, and a program less to start.
 */
const RUNNER = `a=$1/${PROTOCOL_FOLDER}/${PROTOCOL.attempt}$2
cd "$1" || exit 0
set -C; printf '%s %s\\n' "$3" "$$" >"$a/${ATTEMPT.owner}" && true >"$a/${ATTEMPT.stdout}" && true >"$a/${ATTEMPT.stderr}" || exit 0; set +C
if [ -n "$4" ]; then LC_ALL=$4; else unset LC_ALL; fi
unset SLURM_TIME_FORMAT SLURM_BITSTR_LEN
${SBATCH} --parsable --chdir="$1" "$1/${SCRIPT_NAME}" >"$a/${ATTEMPT.stdout}" 2>"$a/${ATTEMPT.stderr}" 3>&-
rc=$?
${PRINTED_ID}
${CERTAINTY}
printed_id "$a/${ATTEMPT.stdout}"
verdict=unknown
if [ "$rc" -eq 0 ] || { [ "$rc" -gt 128 ] && [ "$rc" -le 192 ]; }; then
  [ -z "$id" ] || verdict=submitted
elif [ "$ids" -eq 0 ] && [ -z "$named" ]; then
  certainty "$a/${ATTEMPT.stderr}"
fi
trap '' PIPE
if [ "$verdict" = submitted ]; then
  printf '%s\\n' "$id" >"$a/${PROTOCOL.jobId}" && { printf 'submitted %s\\n' "$id" >&3; mv -f "$a/${PROTOCOL.jobId}" "$1/${PROTOCOL_FOLDER}/${PROTOCOL.jobId}"; }
else
  id=
fi
printf '%s %s %s\\n' "$rc" "$verdict" "$id" >"$a/${ATTEMPT.exitCode}.new" && mv -f "$a/${ATTEMPT.exitCode}.new" "$a/${ATTEMPT.exitCode}"
printf 'ended\\n' >&3`;

/**
 * sh function `first_line FILE`: sets $id to its first line, or to nothing. The job can write these files too: what is no ordinary file is
 * not opened, of one that is only a piece is read, and a line whose end is not in that piece is not one.
 */
const FIRST_LINE = [
  "nl='\n'",
  'first_line() { id=; [ -f "$1" ] && [ -s "$1" ] && id=$(head -c 256 "$1" 2>/dev/null; echo .); case $id in *"$nl"*) id=${id%%"$nl"*} ;; *) id= ;; esac; }',
].join('\n');

/**
 * Seconds for which the caller waits at a pipe for the word of the process that it started; nearly every sbatch has answered by then.
 * After that it looks at the files now and then, as one does who comes back later.
 */
const QUICK_SECONDS = 0.5;

/** Functions that submit and probe share. `$f` run folder, `$d` its protocol folder, `$a` the latest attempt. */
function preamble(runFolder: string): string[] {
  return [
    `f=${quote(runFolder)}; d=$f/${PROTOCOL_FOLDER}; id=`,
    SAY,
    // the host tells whether a process id can be looked up here
    `{ read -r h </proc/sys/kernel/hostname; } 2>/dev/null || h=$(uname -n)`,
    `latest() { n=1; while [ -e "$d/${PROTOCOL.attempt}$((n + 1))/${ATTEMPT.owner}" ]; do n=$((n + 1)); done; a=$d/${PROTOCOL.attempt}$n; }`,
    `errors() { e=; [ ! -s "$a/${ATTEMPT.stderr}" ] || e=$(head -c ${TEXT_LIMIT_BYTES} "$a/${ATTEMPT.stderr}"); }`,
    `said() { errors; [ ! -s "$a/${ATTEMPT.stdout}" ] || e="$(head -c ${TEXT_LIMIT_BYTES} "$a/${ATTEMPT.stdout}")\n$e"; }`,
    FIRST_LINE,
    // each of these answers, or returns when it knows nothing
    // the id stands in the attempt until it is renamed, in this order none of both is missed
    `by_id() { for i in "$a" "$d"; do first_line "$i/${PROTOCOL.jobId}"; [ -z "$id" ] || { errors; say "submitted $id" "$e"; }; done; id=; }`,
    `by_claim() { first_line "$d/${PROTOCOL.claim}"; case $id in`,
    `  ${ABANDONED}) say 'refused 0' 'slipway: this run was given up' ;; *[!0-9]*|'') ;; *) keep "$id"; say "submitted $id" ;; esac; }`,
    `keep() { printf '%s\\n' "$1" >"$d/${PROTOCOL.jobId}.$$" && mv -f "$d/${PROTOCOL.jobId}.$$" "$d/${PROTOCOL.jobId}"; } 2>/dev/null`,
    `rc= verdict=`,
    `ended() { [ -s "$a/${ATTEMPT.exitCode}" ] && read -r rc verdict id <"$a/${ATTEMPT.exitCode}"; }`,
    `by_verdict() { ended || return 0; case $verdict in`,
    `  submitted) errors; say "submitted $id" "$e" ;;`,
    `  refused) said; say "refused $rc" "$e" ;; esac; }`,
  ];
}

const PRIVATE = runFolderMode({ groupMayRead: false });

/** sh for a subshell, whose umask is not the job's. An ACL of the folder above can overrule a umask, and no mode that is given. */
const makeRunFolder = (words: string, mode: number): string =>
  `umask ${(0o777 & ~mode).toString(8)} && mkdir -p -m ${mode.toString(8)} ${words}`;

/** Answers for an attempt without a job id: sbatch is at work, or it is not known what became of it. `$seen` is more evidence. */
const STANDING = [
  // `since FILE`: sets $age to the seconds since it was written, by one clock for both, whichever server keeps the folder
  `since() { if true >"$d/now"; then age=$(( $(stat -c %Y "$d/now" || stat -f %m "$d/now") - $(stat -c %Y "$1" || stat -f %m "$1") )); fi 2>/dev/null; }`,
  // true when the attempt's process is known to be gone: looked at before its files, where it may have left an answer. One that ended
  // and that nobody has waited for yet (an init that is slow or, in a container, none) still takes signals.
  `gone() { case $1 in ''|*[!0-9]*) return 1 ;; esac; kill -0 "$1" 2>/dev/null || return 0; is=; { read -r is <"/proc/$1/stat"; } 2>/dev/null; case $is in *') Z '*) return 0 ;; esac; return 1; }`,
  `dead() { owner= pid=; [ -s "$a/${ATTEMPT.owner}" ] && read -r owner pid <"$a/${ATTEMPT.owner}" && [ "$owner" = "$h" ] && gone "$pid"; }`,
  'standing() {',
  '  if dead; then alive=no; else alive=yes; fi',
  '  by_id; by_verdict',
  `  age=0; since "$a/${ATTEMPT.owner}"`,
  `  if [ -z "$rc" ] && [ "$alive" = yes ] && [ "$age" -lt ${SBATCH_LIFETIME_SECONDS} ]; then say running; fi`,
  `  said; say ambiguous "sbatch exit code: \${rc:-none}; started on \${owner:-?} as process \${pid:-?}\n$e\n$seen"`,
  '}',
];

/** Inputs whose hash differs, in base64url so that any name is one word. Read from standard input: no name is an argument. */
function verification(checks: SubmitPlan['checks']): string[] {
  if (checks.length === 0) return [];
  return [
    'if command -v sha256sum >/dev/null; then sha() { sha256sum; }; else sha() { shasum -a 256; }; fi',
    'bad=; check() { s=$( { sha <"$1"; } 2>/dev/null ); [ "${s%% *}" = "$2" ] || bad="$bad $3"; }',
    `cd "$f"`,
    ...checks.map(({ path, sha256 }) => `check ${quoteAll([path, sha256, encodeName(path)])}`),
    '[ -z "$bad" ] || say "mismatch$bad"',
  ];
}

/** Slurm's programs that `submitScript` runs, one entry for each place: what it may run at most, since a branch may not be taken. */
export const SUBMIT_PROGRAMS = ['sbatch'] as const;

/**
 * sh that submits the run, or answers with what is known about it already. One round trip; safe to send again at any time, from any
 * number of connections. Its standard output is for `parseSubmitOutcome`.
 */
export function submitScript(plan: SubmitPlan): string {
  return [
    ...preamble(plan.runFolder),
    ...STANDING,
    'seen=',
    'latest; by_id; by_claim',
    // a certain refusal, known before we came, is what this call is to try again
    `if ended; then [ "$verdict" = refused ] || { by_verdict; standing; }; n=$((n + 1)); a=$d/${PROTOCOL.attempt}$n; rc=; fi`,
    `if [ ! -e "$a/${ATTEMPT.owner}" ]; then`,
    // what the file system refuses is a refusal: nothing was started
    `  made() { (${makeRunFolder('"$f" "$d" "$a"', plan.folderMode ?? PRIVATE)}); }; [ -d "$a" ] || made 2>/dev/null || { text=$(made 2>&1); say 'refused 1' "$text"; }`,
    `  script=${quote(plan.script)}`,
    // a file that is new is ours alone until sbatch is started; one that is there may be in use and is replaced in one step
    `  set -C; { printf '%s' "$script" >"$f/${SCRIPT_NAME}"; } 2>/dev/null || { set +C`,
    `  text=$( { printf '%s' "$script" >"$d/${SCRIPT_NAME}.$$" && mv -f "$d/${SCRIPT_NAME}.$$" "$f/${SCRIPT_NAME}"; } 2>&1 ) || say 'refused 1' "$text"; }; set +C`,
    ...verification(plan.checks),
    `  run=${quote(RUNNER)}`,
    `  { if command -v setsid >/dev/null; then setsid /bin/sh -c "$run" slipway "$f" "$n" "$h" "\${slipway_lc_all-}" 3>&1 </dev/null >/dev/null 2>&1 &`,
    `  else (trap '' HUP; exec /bin/sh -c "$run" slipway "$f" "$n" "$h" "\${slipway_lc_all-}") 3>&1 </dev/null >/dev/null 2>&1 & fi`,
    `  { sleep ${String(Math.min(QUICK_SECONDS, plan.waitSeconds))} || sleep 1; echo late; } </dev/null 2>/dev/null & } | {`,
    `  read -r word id; [ "$word" = submitted ] || exit 1; errors; say "submitted $id" "$e"; } && exit 0`,
    'fi',
    // a nap costs about 2 ms more than it lasts
    't=0; nap() { if sleep "$1" 2>/dev/null; then t=$((t + $2)); else sleep 1; t=$((t + 1000)); fi; }',
    `while [ "$t" -lt ${Math.round(plan.waitSeconds * 1000)} ]; do`,
    '  by_id; by_verdict; { [ -z "$rc" ] && ! dead; } || standing',
    '  if [ "$t" -lt 1000 ]; then nap 0.02 22; else nap 0.2 202; fi',
    'done',
    `[ -e "$a/${ATTEMPT.owner}" ] || say nothing`,
    'standing',
  ].join('\n');
}

/** Slurm's programs that `probeScript` runs, one entry for each place: what it may run at most, since a branch may not be taken. */
export const PROBE_PROGRAMS = ['squeue', 'sacct'] as const;

/**
 * sh that looks what became of a run: job id, verdict, the job's own claim, then the run folder in squeue and sacct. It never runs
 * sbatch. `nothing` is only said when nothing can have run.
 */
export function probeScript(plan: ProbePlan): string {
  const user = quote(plan.user);
  return [
    ...preamble(plan.runFolder),
    ...STANDING,
    'latest; by_id; by_claim; by_verdict',
    `[ ! -d "$d" ] || [ -e "$a/${ATTEMPT.owner}" ] || say nothing`,
    // a signal may have reached sbatch after it had printed the id; while it is not known to have ended, more lines may follow
    PRINTED_ID,
    `if [ -s "$a/${ATTEMPT.stdout}" ]; then printed_id "$a/${ATTEMPT.stdout}"; fi`,
    'case $rc in 0|129|1[3-8][0-9]|19[0-2]) [ -z "$id" ] || { keep "$id"; errors; say "submitted $id" "$e"; } ;; esac',
    // The lowest id that works in this folder; a later one ends by itself when it finds the run claimed. Slurm keeps what it refused
    // for its constraints as a FAILED job that never had a node: that one is not ours.
    'best=; name=${f##*/}; match() { while IFS="|" read -r j state n w; do case $state$n in FAILED|FAILEDNone*) continue ;; esac; case $w in */"$name") j=${j%%_*}; case $j in ""|*[!0-9]*) ;; *) if [ -z "$best" ] || [ "$j" -lt "$best" ]; then best=$j; fi ;; esac ;; esac; done; }',
    // an answer is whole when it is empty or its last line has an end: what is asked with a dot after it keeps that end
    `whole() { case $1 in .|*"$nl".) return 0 ;; esac; return 1; }`,
    `q=$(squeue -h -a -t all -u ${user} -o '%F|%T|%N|%Z' 2>&1; r=$?; echo .; exit "$r"); qrc=$?`,
    'match <<SLIPWAY',
    '$q',
    'SLIPWAY',
    '[ -z "$best" ] || { keep "$best"; say "submitted $best"; }',
    // what an ended sbatch left open is a refusal once the queue, asked after it, knows no job: at once, or later with accounting's word
    `settle() { case $verdict in answered) ;; *) return 0 ;; esac`,
    `  [ "$qrc" -eq 0 ] && whole "$q" || return 0`,
    `  by_claim; said; printf '%s refused\\n' "$rc" >"$a/${ATTEMPT.exitCode}.$$" && mv -f "$a/${ATTEMPT.exitCode}.$$" "$a/${ATTEMPT.exitCode}"; say "refused $rc" "$e"; }`,
    `age=${QUEUE_KNOWS_SECONDS}; ended && since "$a/${ATTEMPT.exitCode}"; [ "$age" -ge ${QUEUE_KNOWS_SECONDS} ] || settle`,
    // the hour before covers clocks that differ
    `m=$(( ($(date +%s) - ${Math.floor(plan.sinceEpochSeconds)}) / 60 + 60 )); [ "$m" -ge 60 ] || m=60`,
    `s=$(sacct -X -n -P -D -u ${user} -S "now-\${m}minutes" -o JobID,State,NodeList,WorkDir 2>&1; r=$?; echo .; exit "$r"); src=$?`,
    'match <<SLIPWAY',
    '$s',
    'SLIPWAY',
    '[ -z "$best" ] || { keep "$best"; say "submitted $best"; }',
    '[ "$src" -ne 0 ] || ! whole "$s" || settle',
    'seen="squeue: exit code $qrc, no job in this folder; sacct: exit code $src"; [ "$qrc" -eq 0 ] || seen="$seen; $q"',
    // no protocol folder: never begun, or removed since; only a queue that answers can tell
    'if [ ! -d "$d" ]; then [ "$qrc" -ne 0 ] || say nothing; say ambiguous "$seen"; fi',
    'standing',
  ].join('\n');
}

/**
 * sh for a run that a person gave up as never started: should its job turn up after all, it finds the run claimed and ends at once.
 * Prints `taken ID` when a job has claimed the run already, else `abandoned`.
 */
export function abandonScript(runFolder: string): string {
  return [
    `d=${quote(`${runFolder}/${PROTOCOL_FOLDER}`)}`,
    FIRST_LINE,
    `(${makeRunFolder('"${d%/*}" "$d"', PRIVATE)}) && printf '%s\\n' ${ABANDONED} >"$d/${PROTOCOL.claim}.$$" || exit 1`,
    `ln "$d/${PROTOCOL.claim}.$$" "$d/${PROTOCOL.claim}" 2>/dev/null || [ -s "$d/${PROTOCOL.claim}" ] || exit 1`,
    `rm -f "$d/${PROTOCOL.claim}.$$"; first_line "$d/${PROTOCOL.claim}"; [ "$id" = ${ABANDONED} ] && echo ${ABANDONED} || echo "taken $id"`,
  ].join('\n');
}

const OUTCOMES = ['submitted', 'refused', 'running', 'mismatch', 'ambiguous', 'nothing'] as const;

/** Reads the answer of `submitScript` and `probeScript`. An answer that is cut or not understood is ambiguous, with itself as evidence. */
export function parseSubmitOutcome(stdout: string): SubmitOutcome {
  const unknown: SubmitOutcome = { kind: 'ambiguous', evidence: stdout.slice(0, TEXT_LIMIT_BYTES) };
  const record = readRecord(stdout);
  if (record === null) return unknown;
  const [word, ...rest] = record.head;
  const kind = OUTCOMES.find((known) => known === word);
  if (kind === undefined) return unknown;
  switch (kind) {
    case 'submitted': {
      const match = /^(\d+)(?:;(.+))?$/.exec(rest.join(' ').trim());
      if (match?.[1] === undefined) return unknown;
      return { kind, jobId: match[1], slurmCluster: match[2] ?? null, warnings: record.text.trim() };
    }
    case 'refused':
      return { kind, exitCode: Number.parseInt(rest[0] ?? '', 10) || 0, said: record.text.trim() };
    case 'mismatch':
      return { kind: 'hashMismatch', paths: rest.map(decodeName) };
    case 'ambiguous':
      return { kind, evidence: record.text.trim() };
    case 'running':
    case 'nothing':
      return { kind };
    default:
      return assertNever(kind);
  }
}

const encodeName = (path: string): string => Buffer.from(path, 'utf8').toString('base64url');
const decodeName = (word: string): string => Buffer.from(word, 'base64url').toString('utf8');
