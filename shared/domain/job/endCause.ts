import { stateGroup } from './state.ts';

/** What most likely ended a job that did not end well; each has a sentence and a next step in the interface. */
export type CauseCode =
  | 'timeLimit'
  | 'memory'
  | 'gpuMemory'
  | 'nodeFail'
  | 'bootFail'
  | 'deadline'
  | 'preempted'
  | 'killed'
  | 'signal'
  | 'crash'
  | 'commandMissing'
  | 'notExecutable'
  | 'interpreterMissing'
  | 'windowsLines'
  | 'wrongArchitecture'
  | 'moduleUnknown'
  | 'pythonModule'
  | 'libraryMissing'
  | 'imageMissing'
  | 'quota'
  | 'diskFull'
  | 'denied'
  | 'fileMissing'
  | 'noGpu'
  | 'noNetwork'
  | 'pythonError'
  | 'launch';

export interface LikelyCause {
  readonly code: CauseCode;
  /** What is named: a command, a module, a file, the signal, the error's own line. */
  readonly name: string;
  /** Slurm or the system says so itself; else it is what the output points to. */
  readonly isSure: boolean;
}

export interface EndedJob {
  readonly state: string | null;
  readonly reason: string | null;
  readonly exitCode: number | null;
  readonly signal: number | null;
}

/** Linux on x86-64 and AArch64. Source: signal(7). */
const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  11: 'SIGSEGV',
  12: 'SIGUSR2',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  25: 'SIGXFSZ',
  31: 'SIGSYS',
};

/** `SIGSEGV`, or the number of one that has no name here. */
export function signalName(signal: number): string {
  return SIGNALS[signal] ?? String(signal);
}

/** The signal that ended a job: Slurm's, or the one that a shell tells by an exit code of 128 and more. 0 for none. */
export function endingSignal({ exitCode, signal }: Pick<EndedJob, 'exitCode' | 'signal'>): number {
  if (signal !== null && signal > 0) return signal;
  return exitCode !== null && exitCode > 128 && exitCode < 128 + 65 ? exitCode - 128 : 0;
}

/** Exit code 0 says nothing of a job that was cancelled or never ran. */
export function tellingExitCode({ state, exitCode }: Pick<EndedJob, 'state' | 'exitCode'>): number | null {
  return stateGroup(state) === 'ok' || exitCode !== 0 ? exitCode : null;
}

/** Ends that Slurm names itself. */
const STATES: Readonly<Record<string, CauseCode>> = {
  TIMEOUT: 'timeLimit',
  OUT_OF_MEMORY: 'memory',
  NODE_FAIL: 'nodeFail',
  BOOT_FAIL: 'bootFail',
  DEADLINE: 'deadline',
  PREEMPTED: 'preempted',
};

const REASONS: Readonly<Record<string, CauseCode>> = {
  TimeLimit: 'timeLimit',
  OutOfMemory: 'memory',
  NodeDown: 'nodeFail',
  DeadLine: 'deadline',
  JobLaunchFailure: 'launch',
};

interface Clue {
  readonly pattern: RegExp;
  readonly code: CauseCode;
  /** Its words are said by the system about this very end, and by nothing else. */
  readonly isSure?: true;
  /** Only together with this exit code: the words alone are also those of warnings. */
  readonly exitCode?: number;
}

/**
 * Words of an output, the most telling first; `name` is the group. Bounded repetitions only: output is hostile.
 * Sources: slurmstepd (src/slurmd/slurmstepd), bash, ld.so, Lmod and Environment Modules, CPython, PyTorch, Apptainer; each as seen.
 */
const CLUES: readonly Clue[] = [
  { pattern: /CANCELLED AT \S{1,40} DUE TO TIME LIMIT/, code: 'timeLimit', isSure: true },
  { pattern: /CANCELLED AT \S{1,40} DUE TO PREEMPTION/, code: 'preempted', isSure: true },
  { pattern: /CANCELLED AT \S{1,40} DUE TO NODE FAILURE/, code: 'nodeFail', isSure: true },
  {
    pattern: /oom[-_]kill event|Exceeded job memory limit|Some of the step tasks have been OOM Killed/i,
    code: 'memory',
    isSure: true,
  },
  { pattern: /CUDA out of memory|CUDA_ERROR_OUT_OF_MEMORY|torch\.(?:cuda\.)?OutOfMemoryError/, code: 'gpuMemory' },
  { pattern: /Disk quota exceeded/i, code: 'quota' },
  { pattern: /No space left on device/i, code: 'diskFull' },
  { pattern: /\^M: bad interpreter|\\r': command not found|\r: command not found/, code: 'windowsLines', isSure: true },
  { pattern: /: bad interpreter: /, code: 'interpreterMissing' },
  { pattern: /Exec format error/, code: 'wrongArchitecture' },
  {
    pattern:
      /module\(s\) are unknown: "?(?<name>[^"\n]{1,100})|Unable to locate a modulefile for '(?<name2>[^'\n]{1,100})/,
    code: 'moduleUnknown',
  },
  { pattern: /(?:ModuleNotFoundError|ImportError): No module named '?(?<name>[\w.]{1,100})/, code: 'pythonModule' },
  { pattern: /error while loading shared libraries: (?<name>[^:\n]{1,100}):/, code: 'libraryMissing' },
  {
    pattern:
      /FATAL:\s{1,10}could not open image (?<name>[^\n]{1,300}?):|FATAL:\s{1,10}(?:While checking image|could not open image)/i,
    code: 'imageMissing',
  },
  { pattern: /no CUDA-capable device|Found no NVIDIA driver|No CUDA GPUs are available/i, code: 'noGpu' },
  { pattern: /Temporary failure in name resolution|Could not resolve host|Network is unreachable/i, code: 'noNetwork' },
  { pattern: /(?:^|[\s:])(?<name>[^\s:]{1,200}): command not found/m, code: 'commandMissing', exitCode: 127 },
  { pattern: /(?<name>[^\s:]{1,300}): Permission denied/, code: 'notExecutable', exitCode: 126 },
  { pattern: /Segmentation fault/, code: 'crash' },
];

/** The clue that stands last in the text: what went wrong first is often only a warning. */
function clueIn(text: string, exitCode: number | null): LikelyCause | null {
  let last: { at: number; cause: LikelyCause } | null = null;
  for (const { pattern, code, isSure, exitCode: with_ } of CLUES) {
    if (with_ !== undefined && with_ !== exitCode) continue;
    for (const found of text.matchAll(
      new RegExp(pattern, pattern.flags.includes('g') ? pattern.flags : `${pattern.flags}g`),
    )) {
      const cause = {
        code,
        name: (found.groups?.['name'] ?? found.groups?.['name2'] ?? '').trim(),
        isSure: isSure === true || with_ !== undefined,
      };
      if (isSure === true) return cause;
      if (last === null || found.index > last.at) last = { at: found.index, cause };
    }
  }
  return last?.cause ?? null;
}

/** The error that a Python traceback ends with: `ValueError: no such column`. */
function pythonError(text: string): string | null {
  const start = text.lastIndexOf('Traceback (most recent call last):');
  if (start < 0) return null;
  const lines = text.slice(start).split('\n').slice(1);
  return lines.find((line) => /^[A-Za-z_][\w.]{0,120}(?::|$)/.test(line))?.slice(0, 300) ?? null;
}

/** How much of an output is looked at, in characters from its end. */
const LOOKED_AT = 8192;

/**
 * Why a job did not end well, from Slurm's word, its exit code and the end of its errors; null where nothing points to a cause, and
 * for jobs that completed, were cancelled or are not over. `output` is the end of stderr, or of stdout where that is empty.
 */
export function likelyCause(job: EndedJob, output: string): LikelyCause | null {
  if (stateGroup(job.state) !== 'bad') return null;
  const named = STATES[job.state ?? ''] ?? REASONS[job.reason ?? ''];
  if (named !== undefined) return { code: named, name: '', isSure: true };
  const text = output.slice(-LOOKED_AT);
  const clue = clueIn(text, job.exitCode);
  if (clue !== null) return clue;
  const raised = pythonError(text);
  if (raised !== null) {
    const file = /^FileNotFoundError: .{0,40}?'(?<name>[^']{1,250})'/.exec(raised)?.groups?.['name'];
    if (file !== undefined) return { code: 'fileMissing', name: file, isSure: false };
    return raised.startsWith('MemoryError')
      ? { code: 'memory', name: '', isSure: false }
      : { code: 'pythonError', name: raised, isSure: false };
  }
  const signal = endingSignal(job);
  if (signal === 9) return { code: 'killed', name: 'SIGKILL', isSure: false };
  if (signal === 11 || signal === 7 || signal === 4 || signal === 8)
    return { code: 'crash', name: signalName(signal), isSure: true };
  if (signal > 0) return { code: 'signal', name: signalName(signal), isSure: true };
  if (job.exitCode === 127) return { code: 'commandMissing', name: '', isSure: false };
  if (job.exitCode === 126) return { code: 'notExecutable', name: '', isSure: false };
  const lastLine = text.trimEnd().split('\n').at(-1) ?? '';
  const missing = /(?:^|[\s'"‘:])(?<name>[^\s'"’:]{1,250})['"’]?: No such file or directory/.exec(lastLine)?.groups?.[
    'name'
  ];
  if (missing !== undefined) return { code: 'fileMissing', name: missing, isSure: false };
  const denied = /(?:^|[\s'"‘:])(?<name>[^\s'"’:]{1,250})['"’]?: Permission denied/.exec(lastLine)?.groups?.['name'];
  return denied === undefined ? null : { code: 'denied', name: denied, isSure: false };
}

/** The last lines of an output that say something, at most `most`. */
export function lastLines(output: string, most: number): string[] {
  return output
    .trimEnd()
    .split('\n')
    .slice(-most)
    .map((line) => line.trimEnd());
}
