import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endingSignal, lastLines, likelyCause, signalName, tellingExitCode, type EndedJob } from './endCause.ts';

const failed = (change: Partial<EndedJob> = {}): EndedJob => ({
  state: 'FAILED',
  reason: 'NonZeroExitCode',
  exitCode: 1,
  signal: 0,
  ...change,
});

describe('the likely cause of a bad end', () => {
  it.each([
    ['TIMEOUT', 'timeLimit'],
    ['OUT_OF_MEMORY', 'memory'],
    ['NODE_FAIL', 'nodeFail'],
    ['BOOT_FAIL', 'bootFail'],
    ['DEADLINE', 'deadline'],
    ['PREEMPTED', 'preempted'],
  ])('is Slurm’s own word where it has one: %s', (state, code) => {
    expect(likelyCause(failed({ state, exitCode: 0 }), 'Traceback (most recent call last):\nValueError: x\n')).toEqual({
      code,
      name: '',
      isSure: true,
    });
  });

  it.each([
    [
      '/var/spool/slurmd/job00004/slurm_script: line 9: gmx_mpi: command not found\n',
      { exitCode: 127 },
      'commandMissing',
      'gmx_mpi',
      true,
    ],
    ['', { exitCode: 127 }, 'commandMissing', '', false],
    ['job.sh: line 3: ./run.sh: Permission denied\n', { exitCode: 126 }, 'notExecutable', './run.sh', true],
    [
      'Traceback (most recent call last):\n  File "train.py", line 3, in <module>\n    import torch\nModuleNotFoundError: No module named \'torch\'\n',
      {},
      'pythonModule',
      'torch',
      false,
    ],
    [
      'Lmod has detected the following error:  The following module(s) are unknown: "gromacs/2023"\n',
      {},
      'moduleUnknown',
      'gromacs/2023',
      false,
    ],
    ["ERROR: Unable to locate a modulefile for 'cuda/99'\n", {}, 'moduleUnknown', 'cuda/99', false],
    [
      'Traceback (most recent call last):\n  File "a.py", line 2\n    f()\nKeyError: \'mass\'\n',
      {},
      'pythonError',
      "KeyError: 'mass'",
      false,
    ],
    [
      'Traceback (most recent call last):\n  File "a.py", line 2\nFileNotFoundError: [Errno 2] No such file or directory: \'data/in.csv\'\n',
      {},
      'fileMissing',
      'data/in.csv',
      false,
    ],
    ['Traceback (most recent call last):\n  File "a.py", line 2\nMemoryError\n', {}, 'memory', '', false],
    ['torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB\n', {}, 'gpuMemory', '', false],
    [
      'tar: out.tar: Wrote only 4096 of 10240 bytes\ntar: write error: Disk quota exceeded\n',
      { exitCode: 2 },
      'quota',
      '',
      false,
    ],
    ['cp: error writing: No space left on device\n', {}, 'diskFull', '', false],
    [
      'slurmstepd: error: Detected 1 oom-kill event(s) in StepId=12.batch. Some of your processes may have been killed by the cgroup out-of-memory handler.\n',
      { exitCode: 137 },
      'memory',
      '',
      true,
    ],
    [
      'slurmstepd: error: *** JOB 12 ON cn1 CANCELLED AT 2026-11-27T00:00:00 DUE TO TIME LIMIT ***\n',
      { exitCode: 0, signal: 15 },
      'timeLimit',
      '',
      true,
    ],
    ["/bin/bash: line 1: $'\\r': command not found\n", { exitCode: 127 }, 'windowsLines', '', true],
    [
      './solver: error while loading shared libraries: libmkl_core.so.2: cannot open shared object file\n',
      { exitCode: 127 },
      'libraryMissing',
      'libmkl_core.so.2',
      false,
    ],
    [
      'FATAL:   could not open image /scratch/x.sif: failed to retrieve path\n',
      { exitCode: 255 },
      'imageMissing',
      '/scratch/x.sif',
      false,
    ],
    ['curl: (6) Could not resolve host: pypi.org\n', { exitCode: 6 }, 'noNetwork', '', false],
    ['', { exitCode: 0, signal: 9 }, 'killed', 'SIGKILL', false],
    ['', { exitCode: 137 }, 'killed', 'SIGKILL', false],
    ['', { exitCode: 139 }, 'crash', 'SIGSEGV', true],
    ['', { exitCode: 0, signal: 12 }, 'signal', 'SIGUSR2', true],
    ['cat: input.txt: No such file or directory\n', {}, 'fileMissing', 'input.txt', false],
  ] as const)('%j with %j is %s', (output, change, code, name, isSure) => {
    expect(likelyCause(failed(change), output)).toEqual({ code, name, isSure });
  });

  it('is not named where nothing points to one', () => {
    expect(likelyCause(failed({ exitCode: 3 }), 'converged after 12 steps\n')).toBeNull();
    // a start-up file complains, the job ends for a reason of its own
    expect(likelyCause(failed({ exitCode: 3 }), 'bash: module: command not found\nresidual is NaN\n')).toBeNull();
    expect(
      likelyCause({ state: 'CANCELLED', reason: 'by 1000', exitCode: 0, signal: 15 }, 'Segmentation fault'),
    ).toBeNull();
    expect(
      likelyCause(
        { state: 'COMPLETED', reason: null, exitCode: 0, signal: 0 },
        'Traceback (most recent call last):\nKeyError: 1',
      ),
    ).toBeNull();
    expect(likelyCause({ state: 'RUNNING', reason: null, exitCode: null, signal: null }, '')).toBeNull();
  });

  it('is what the output says last: the first complaint is often only a warning', () => {
    const output =
      "ModuleNotFoundError: No module named 'apex'\ngoing on without it\nCUDA out of memory. Tried to allocate 9 GiB\n";
    expect(likelyCause(failed(), output)).toMatchObject({ code: 'gpuMemory' });
  });

  it('is found in any output, in a time that grows with its length only', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.integer({ min: 0, max: 255 }),
        (output, exitCode) => void likelyCause(failed({ exitCode }), output),
      ),
    );
    const time = (output: string): number => {
      const from = performance.now();
      for (let round = 0; round < 5; round += 1) likelyCause(failed({ exitCode: 127 }), output);
      return performance.now() - from;
    };
    for (const piece of [
      'a',
      ' ',
      ':',
      'FATAL: could not open image ',
      'Permission denied',
      "module(s) are unknown: '",
    ]) {
      const few = time(piece.repeat(Math.ceil(2048 / piece.length)));
      expect(time(piece.repeat(Math.ceil(65_536 / piece.length)))).toBeLessThan(Math.max(400, few * 32));
    }
  });
});

describe('the end of a job', () => {
  it('names its signal, also where the shell tells it by the exit code', () => {
    expect([
      endingSignal({ exitCode: 0, signal: 9 }),
      endingSignal({ exitCode: 143, signal: 0 }),
      endingSignal({ exitCode: 255, signal: 0 }),
      endingSignal({ exitCode: 1, signal: null }),
    ]).toEqual([9, 15, 0, 0]);
    expect([signalName(15), signalName(34)]).toEqual(['SIGTERM', '34']);
  });

  it('has no exit code 0 beside a word that says it did not end well', () => {
    expect(tellingExitCode({ state: 'CANCELLED', exitCode: 0 })).toBeNull();
    expect(tellingExitCode({ state: 'TIMEOUT', exitCode: 0 })).toBeNull();
    expect(tellingExitCode({ state: 'COMPLETED', exitCode: 0 })).toBe(0);
    expect(tellingExitCode({ state: 'CANCELLED', exitCode: 2 })).toBe(2);
  });

  it('shows the last lines, without the empty ones after them', () => {
    expect(lastLines('a\nb  \n\nc\n\n\n', 3)).toEqual(['b', '', 'c']);
  });
});
