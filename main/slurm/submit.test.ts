import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { abandonScript, parseSubmitOutcome, probeScript, submitScript, type SubmitPlan } from './submit.ts';
import { FakeSlurm, SHELLS } from './testing/fakeSlurm.ts';
import { SITE_REFUSALS } from './testing/siteRefusals.ts';
import { quote } from '../../shared/lib/quote.ts';

const JOB = '#!/bin/bash\n#SBATCH --partition=normal\necho "it\'s $HOME" \\\n';
let slurm: FakeSlurm;
beforeEach(() => {
  slurm = new FakeSlurm();
});
afterEach(async () => {
  await slurm.settle();
  slurm.dispose();
});

const plan = (runFolder: string, extra: Partial<SubmitPlan> = {}): SubmitPlan => ({
  runFolder,
  script: JOB,
  checks: [],
  waitSeconds: 10,
  ...extra,
});
const probe = (runFolder: string): string => probeScript({ runFolder, user: 'ada', sinceEpochSeconds: 0 });
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

for (const shell of SHELLS) {
  describe(`a submission through ${shell.join(' ')}`, () => {
    it('gives the script to sbatch as it is and answers with the job id', async () => {
      const folder = slurm.runFolder();
      expect(await slurm.outcome(submitScript(plan(folder)), shell)).toEqual({
        kind: 'submitted',
        jobId: '100',
        slurmCluster: null,
        warnings: '',
      });
      expect(slurm.scriptOf('100')).toBe(JOB);
    });

    it('answers with the same job however often it is sent', async () => {
      const folder = slurm.runFolder();
      for (let i = 0; i < 3; i += 1)
        expect(await slurm.outcome(submitScript(plan(folder)), shell)).toMatchObject({
          kind: 'submitted',
          jobId: '100',
        });
      expect(await slurm.outcome(probe(folder), shell)).toMatchObject({ kind: 'submitted', jobId: '100' });
      expect(slurm.jobs()).toEqual(['100']);
    });

    it('makes folders that nobody else can enter, or the group alone, and leaves the job its umask', async () => {
      const modes = (folder: string): string[] =>
        [path.dirname(folder), folder, `${folder}/.slipway`, `${folder}/.slipway/attempt-1`].map((each) =>
          (statSync(each).mode & 0o7777).toString(8),
        );
      for (const [umask, folderMode, expected] of [
        ['0000', undefined, '700'],
        ['0022', 0o700, '700'],
        ['0077', 0o750, '750'],
        ['0002', 0o750, '750'],
      ] as const) {
        const folder = slurm.runFolder();
        const { stdout } = await slurm.send(
          submitScript(plan(folder, folderMode === undefined ? {} : { folderMode })),
          { shell, before: `umask ${umask}\n` },
        );
        const outcome = parseSubmitOutcome(stdout);
        expect(modes(folder)).toEqual(Array.from({ length: 4 }, () => expected));
        expect(outcome.kind === 'submitted' && slurm.umaskOf(outcome.jobId)).toBe(umask);
      }
    });

    it('is known whatever the job has made of the files that say so', async () => {
      const folder = slurm.runFolder();
      await slurm.outcome(submitScript(plan(folder)), shell);
      // the detached process is still putting its files in their places when the answer comes
      await slurm.settle();
      for (const name of ['jobid', 'claim']) {
        const file = path.join(folder, '.slipway', name);
        for (const spoil of [
          () => execFileSync('mkfifo', [file]),
          () => {
            symlinkSync('/dev/zero', file);
          },
          () => {
            writeFileSync(file, '7'.repeat(8_000_000));
          },
        ]) {
          rmSync(file, { force: true });
          spoil();
          expect(await slurm.outcome(probe(folder), shell)).toEqual({
            kind: 'submitted',
            jobId: '100',
            slurmCluster: null,
            warnings: '',
          });
        }
        rmSync(file);
      }
    });

    it('becomes one job when eight connections send it at once', async () => {
      const folder = slurm.runFolder();
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, () => slurm.outcome(submitScript(plan(folder)), shell)),
      );
      expect(outcomes).toEqual(
        outcomes.map(() => ({ kind: 'submitted', jobId: '100', slurmCluster: null, warnings: '' })),
      );
      expect(slurm.jobs()).toEqual(['100']);
    });

    it('keeps the cluster of a federation, the warnings, and finds the id among other lines', async () => {
      slurm.behave('warns');
      expect(await slurm.outcome(submitScript(plan(slurm.runFolder())), shell)).toEqual({
        kind: 'submitted',
        jobId: '100',
        slurmCluster: 'alpha',
        warnings: 'sbatch: warning: no more lunch',
      });
    });

    it('tells a refusal in the words of sbatch, and tries again when it is sent again', async () => {
      const folder = slurm.runFolder();
      slurm.behave('refuses');
      expect(await slurm.outcome(submitScript(plan(folder)), shell)).toEqual({
        kind: 'refused',
        exitCode: 1,
        said: 'sbatch: error: Batch job submission failed: Invalid partition name specified',
      });
      expect(await slurm.outcome(probe(folder), shell)).toMatchObject({ kind: 'refused' });
      slurm.behave('accepts');
      const corrected = submitScript(plan(folder, { script: `${JOB}# corrected\n` }));
      const outcomes = await Promise.all([1, 2, 3].map(() => slurm.outcome(corrected, shell)));
      expect(outcomes.map(({ kind }) => kind)).toEqual(['submitted', 'submitted', 'submitted']);
      expect(slurm.jobs()).toEqual(['100']);
      expect(slurm.scriptOf('100')).toContain('# corrected');
    });

    it('tells a refused option, for which sbatch ends with 255, from a death', async () => {
      slurm.behave('refusesOptions');
      expect(await slurm.outcome(submitScript(plan(slurm.runFolder())), shell)).toMatchObject({
        kind: 'refused',
        exitCode: 255,
      });
    });

    it('answers that sbatch is at work when it is slow, and is found later', async () => {
      const folder = slurm.runFolder();
      slurm.behave('isSlow');
      expect(await slurm.outcome(submitScript(plan(folder, { waitSeconds: 0.1 })), shell)).toEqual({ kind: 'running' });
      expect(await slurm.outcome(probe(folder), shell)).toEqual({ kind: 'running' });
      slurm.letAnswer();
      await slurm.settle();
      expect(await slurm.outcome(probe(folder), shell)).toMatchObject({ kind: 'submitted', jobId: '100' });
    });

    for (const how of ['neverAnswers', 'diesUnheard', 'printsGarbage'] as const) {
      it(`does not know after sbatch ${how}, never tries again, and finds the job by its folder`, async () => {
        const folder = slurm.runFolder();
        slurm.behave(how);
        expect(await slurm.outcome(submitScript(plan(folder)), shell)).toMatchObject({ kind: 'ambiguous' });
        slurm.behave('accepts');
        expect(await slurm.outcome(submitScript(plan(folder)), shell)).toMatchObject({ kind: 'ambiguous' });
        expect(await slurm.outcome(probe(folder), shell)).toMatchObject({ kind: 'submitted', jobId: '100' });
        expect(await slurm.outcome(submitScript(plan(folder)), shell)).toMatchObject({
          kind: 'submitted',
          jobId: '100',
        });
        expect(slurm.jobs()).toEqual(['100']);
      });
    }

    it('stays unknown when sbatch was killed and no job is found', async () => {
      const folder = slurm.runFolder();
      slurm.behave('diesBefore');
      expect(await slurm.outcome(submitScript(plan(folder)), shell)).toMatchObject({ kind: 'ambiguous' });
      expect(await slurm.outcome(probe(folder), shell)).toMatchObject({
        kind: 'ambiguous',
        evidence: expect.stringContaining('no job in this folder') as string,
      });
      slurm.breakQueue();
      expect(await slurm.outcome(probe(folder), shell)).toMatchObject({
        kind: 'ambiguous',
        evidence: expect.stringContaining('Unable to contact slurm controller') as string,
      });
    });

    it('sends nothing while an input differs from what was chosen, and goes on once it is right', async () => {
      const folder = slurm.runFolder();
      const nasty = "-n 'x'\n$(touch hit) ü.csv";
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, 'good.txt'), 'good');
      writeFileSync(path.join(folder, nasty), 'half of i');
      const checks = [
        { path: 'good.txt', sha256: sha256('good') },
        { path: nasty, sha256: sha256('half of it') },
        { path: path.join(folder, 'gone.bin'), sha256: sha256('') },
      ];
      expect(await slurm.outcome(submitScript(plan(folder, { checks })), shell)).toEqual({
        kind: 'hashMismatch',
        paths: [nasty, path.join(folder, 'gone.bin')],
      });
      expect(slurm.jobs()).toEqual([]);
      writeFileSync(path.join(folder, nasty), 'half of it');
      expect(await slurm.outcome(submitScript(plan(folder, { checks: checks.slice(0, 2) })), shell)).toMatchObject({
        kind: 'submitted',
      });
    });

    it('is a refusal when the run folder cannot be made', async () => {
      writeFileSync(path.join(slurm.folder, 'file'), '');
      const outcome = await slurm.outcome(submitScript(plan(path.join(slurm.folder, 'file', 'run-r1'))), shell);
      expect(outcome).toMatchObject({ kind: 'refused', said: expect.stringMatching(/not a directory/i) as string });
    });
  });
}

/** What sbatch prints and how it ends, as sh. */
const prints = (stdout: string, stderr: string, exitCode: number): string =>
  `printf '%s' ${quote(stdout)}; printf '%s' ${quote(stderr)} >&2; exit ${String(exitCode)}`;

describe('a refusal of a real site', () => {
  for (const { name, stdout, stderr, exitCode, at } of SITE_REFUSALS) {
    it(`${name}: ${at === 'refused' ? 'at once' : at === 'answered' ? 'as soon as the queue shows nothing' : 'stays unknown'}, in all of its words`, async () => {
      const folder = slurm.runFolder();
      slurm.sbatch(prints(stdout, stderr, exitCode));
      expect(await slurm.outcome(submitScript(plan(folder)))).toMatchObject({
        kind: at === 'refused' ? 'refused' : 'ambiguous',
      });
      const outcome = await slurm.outcome(probe(folder));
      if (at === 'lost') {
        expect(outcome.kind).toBe('ambiguous');
        return;
      }
      expect(outcome).toEqual({
        kind: 'refused',
        exitCode,
        said: `${stdout.replace(/\n+$/, '')}${stdout === '' ? '' : '\n'}${stderr}`.trim(),
      });
      // and the same folder takes the corrected script
      slurm.behave('accepts');
      expect(await slurm.outcome(submitScript(plan(folder)))).toMatchObject({ kind: 'submitted' });
    });
  }

  const UNSPECIFIED = 'sbatch: error: Batch job submission failed: Unspecified error\n';

  it('that was none is found out: the job is in the queue', async () => {
    const folder = slurm.runFolder();
    slurm.sbatch(`accept; ${prints('', UNSPECIFIED, 1)}`);
    expect(await slurm.outcome(submitScript(plan(folder)))).toMatchObject({ kind: 'ambiguous' });
    expect(await slurm.outcome(probe(folder))).toMatchObject({ kind: 'submitted', jobId: '100' });
  });

  it('is not concluded from a queue that cannot be asked, or whose answer is cut', async () => {
    const folder = slurm.runFolder();
    await slurm.outcome(submitScript(plan(slurm.runFolder())));
    slurm.sbatch(`accept; ${prints('', UNSPECIFIED, 1)}`);
    await slurm.outcome(submitScript(plan(folder)));
    slurm.cutQueue(12);
    expect(await slurm.outcome(probe(folder))).toMatchObject({ kind: 'ambiguous' });
    slurm.breakQueue();
    expect(await slurm.outcome(probe(folder))).toMatchObject({ kind: 'ambiguous' });
  });

  it('is concluded later only with accounting’s word, since the queue forgets', async () => {
    const folder = slurm.runFolder();
    slurm.sbatch(prints('', UNSPECIFIED, 1));
    await slurm.outcome(submitScript(plan(folder)));
    await slurm.send(`touch -d '2 minutes ago' ${quote(`${folder}/.slipway/attempt-1/sbatch.rc`)}`);
    expect(await slurm.outcome(probe(folder))).toMatchObject({ kind: 'ambiguous' });
    slurm.keepAccounts();
    expect(await slurm.outcome(probe(folder))).toMatchObject({ kind: 'refused' });
  });
});

describe('a wrapper around sbatch that prints numbers', () => {
  /** `$id` is the job's. */
  it.each([
    ['after the id', 'accept; echo "$id"; echo 37'],
    ['before the id', 'accept; echo 37; echo "$id"'],
    ['in its place', 'accept; echo "Submitted batch job $id"; echo 37'],
    ['beside a sentence', 'accept; echo "Submitted batch job $id on cluster alpha"'],
    ['on standard error, as the id itself', 'accept; echo "$id" >&2'],
    ['and fails after a submission', 'accept; echo "$id"; echo "log: Permission denied" >&2; exit 3'],
    [
      'and fails, with words of sbatch, after a submission',
      'accept; echo "$id"; echo "sbatch: error: spank: x11.so: Plugin file not found" >&2; exit 1',
    ],
    ['and hides the id, and fails', 'accept; echo "usage 37" >&2; exit 1'],
  ])('%s: the run folder decides', async (_, body) => {
    for (let i = 0; i < 3; i += 1) await slurm.outcome(submitScript(plan(slurm.runFolder())));
    const folder = slurm.runFolder();
    slurm.sbatch(body);
    expect(await slurm.outcome(submitScript(plan(folder)))).toMatchObject({ kind: 'ambiguous' });
    expect(await slurm.outcome(probe(folder))).toMatchObject({ kind: 'submitted', jobId: '103' });
    expect(await slurm.outcome(submitScript(plan(folder)))).toMatchObject({ kind: 'submitted', jobId: '103' });
    expect(slurm.jobs()).toHaveLength(4);
  });

  it('and then no job is to be found: a person is asked, with all that was printed', async () => {
    const folder = slurm.runFolder();
    slurm.sbatch('echo 41; echo 37');
    expect(await slurm.outcome(submitScript(plan(folder)))).toMatchObject({ kind: 'ambiguous' });
    expect(await slurm.outcome(probe(folder))).toMatchObject({
      kind: 'ambiguous',
      evidence: expect.stringContaining('41\n37') as string,
    });
  });

  it('while it is still at work is not read', async () => {
    const folder = slurm.runFolder();
    slurm.sbatch('echo 37; sleep 0.6; accept; echo "$id"');
    expect(await slurm.outcome(submitScript(plan(folder, { waitSeconds: 0.1 })))).toEqual({ kind: 'running' });
    expect(await slurm.outcome(probe(folder))).toEqual({ kind: 'running' });
    await slurm.settle();
    expect(await slurm.outcome(probe(folder))).toMatchObject({ kind: 'submitted', jobId: '100' });
  });
});

describe('a run folder with any name', () => {
  it('is nothing but a folder', async () => {
    for (const name of [
      "it's",
      '$(touch hit)',
      '`touch hit`',
      '-rf',
      'a\nb',
      '한글 ✓',
      '"; exit 1; "',
      '*',
      "'\\''",
      '\u001f\t|',
    ]) {
      const folder = slurm.runFolder(name);
      const before = slurm.jobs().length;
      expect(await slurm.outcome(submitScript(plan(folder)))).toMatchObject({ kind: 'submitted' });
      expect(await slurm.outcome(probe(folder))).toMatchObject({ kind: 'submitted' });
      expect(slurm.jobs()).toHaveLength(before + 1);
      expect(readFileSync(path.join(folder, 'job.sh'), 'utf8')).toBe(JOB);
    }
  });
});

describe('a refused request that Slurm keeps as a failed job', () => {
  it('is not taken for the job of the corrected one', async () => {
    const folder = slurm.runFolder();
    slurm.behave('refusesLikeSlurm');
    expect(await slurm.outcome(submitScript(plan(folder)))).toMatchObject({ kind: 'refused' });
    slurm.behave('diesUnheard');
    expect(await slurm.outcome(submitScript(plan(folder)))).toMatchObject({ kind: 'ambiguous' });
    expect(await slurm.outcome(probe(folder))).toMatchObject({ kind: 'submitted', jobId: '101' });
  });
});

describe('a look before anything was sent', () => {
  it('says that nothing ran, for a folder that is not there and for one with only inputs', async () => {
    const folder = slurm.runFolder();
    expect(await slurm.outcome(probe(folder))).toEqual({ kind: 'nothing' });
    mkdirSync(folder, { recursive: true });
    expect(await slurm.outcome(probe(folder))).toEqual({ kind: 'nothing' });
  });

  it('finds the job of a run whose folder was cleaned away', async () => {
    const folder = slurm.runFolder();
    await slurm.outcome(submitScript(plan(folder)));
    const elsewhere = path.join(slurm.folder, 'purged', path.basename(folder));
    expect(await slurm.outcome(probe(elsewhere))).toMatchObject({ kind: 'submitted', jobId: '100' });
  });

  it('does not call it nothing when the queue cannot be asked', async () => {
    slurm.breakQueue();
    expect(await slurm.outcome(probe(slurm.runFolder()))).toMatchObject({ kind: 'ambiguous' });
  });

  it('believes the job itself: its claim is proof enough', async () => {
    const folder = slurm.runFolder();
    mkdirSync(path.join(folder, '.slipway'), { recursive: true });
    writeFileSync(path.join(folder, '.slipway', 'claim'), '4711\n');
    expect(await slurm.outcome(probe(folder))).toMatchObject({ kind: 'submitted', jobId: '4711' });
    expect(await slurm.outcome(submitScript(plan(folder)))).toMatchObject({ kind: 'submitted', jobId: '4711' });
    expect(slurm.jobs()).toEqual([]);
  });
});

describe('a run that a person gave up', () => {
  it('is not started any more, unless a job has claimed it', async () => {
    const folder = slurm.runFolder();
    expect((await slurm.send(abandonScript(folder))).stdout).toBe('abandoned\n');
    expect(await slurm.outcome(submitScript(plan(folder)))).toMatchObject({
      kind: 'refused',
      said: expect.stringContaining('given up') as string,
    });
    const claimed = slurm.runFolder();
    mkdirSync(path.join(claimed, '.slipway'), { recursive: true });
    writeFileSync(path.join(claimed, '.slipway', 'claim'), '4711\n');
    expect((await slurm.send(abandonScript(claimed))).stdout).toBe('taken 4711\n');
  });
});

/** Kills the shell that runs the text after this at its k-th command. */
const killAt = (k: number): string =>
  `set -T; __n=0; trap '__n=$((__n + 1)); [ "$__n" -ne ${k} ] || kill -9 "$BASHPID"' DEBUG\n`;

/** After any accident: looking and sending again leads to one job, or to a question that only a person can answer. */
async function expectExactlyOneInTheEnd(folder: string): Promise<'submitted' | 'unknown'> {
  await slurm.settle();
  const accepted = slurm.jobs();
  expect(accepted.length).toBeLessThanOrEqual(1);
  let outcome = await slurm.outcome(probe(folder));
  if (outcome.kind === 'nothing') outcome = await slurm.outcome(submitScript(plan(folder)));
  if (outcome.kind === 'ambiguous') {
    expect(accepted).toEqual([]);
    expect(await slurm.outcome(submitScript(plan(folder)))).toMatchObject({ kind: 'ambiguous' });
    return 'unknown';
  }
  expect(outcome).toMatchObject({ kind: 'submitted' });
  expect(slurm.jobs()).toHaveLength(1);
  expect(outcome).toMatchObject({ jobId: slurm.jobs()[0] });
  return 'submitted';
}

const freshQueue = (): void => {
  slurm.dispose();
  slurm = new FakeSlurm();
};

describe('accidents', () => {
  it('killing the caller at any command leaves one job in the end', async () => {
    for (let k = 1; ; k += 1) {
      const folder = slurm.runFolder();
      const { killed, stdout } = await slurm.send(submitScript(plan(folder)), {
        shell: ['bash', '--posix'],
        before: killAt(k),
      });
      expect(await expectExactlyOneInTheEnd(folder), `killed at command ${k}`).toBe('submitted');
      freshQueue();
      if (!killed && stdout.includes('@slipway submitted')) break;
      expect(k).toBeLessThan(400);
    }
  }, 120_000);

  it('killing the detached process at any command leaves at most one job, which is found', async () => {
    const seen = new Set<string>();
    for (let k = 1; ; k += 1) {
      const folder = slurm.runFolder();
      const script = submitScript(plan(folder, { waitSeconds: 0.2 })).replaceAll(
        '/bin/sh -c "$run"',
        'bash --posix -c "$KILL$run"',
      );
      const { stdout } = await slurm.send(script, { env: { KILL: killAt(k) } });
      const first = parseSubmitOutcome(stdout);
      seen.add(await expectExactlyOneInTheEnd(folder));
      freshQueue();
      if (first.kind === 'submitted' && k > 20) break;
      expect(k).toBeLessThan(100);
    }
    expect([...seen].sort()).toEqual(['submitted', 'unknown']);
  }, 120_000);

  it('killing the caller at any moment leaves one job in the end', async () => {
    for (const ms of [0, 1, 2, 3, 5, 8, 12, 17, 25, 40]) {
      const folder = slurm.runFolder();
      await slurm.send(submitScript(plan(folder)), { killAfterMs: ms });
      expect(await expectExactlyOneInTheEnd(folder)).toBe('submitted');
      freshQueue();
    }
  }, 60_000);

  it('a script that is cut anywhere executes nothing', async () => {
    const folder = slurm.runFolder();
    const whole = `(\n:\n${submitScript(plan(folder, { checks: [{ path: 'x', sha256: 'y' }] }))}\n`;
    const cuts = new Set<number>();
    for (let at = 0; at < whole.length; at += 13) cuts.add(at);
    for (const match of whole.matchAll(/[\n;)}&|]/g)) if (match.index % 4 === 0) cuts.add(match.index + 1);
    const prefixes = [...cuts, whole.length].map((at) => whole.slice(0, at));
    const { spawnSync } = await import('node:child_process');
    for (const prefix of prefixes) {
      const { stdout } = spawnSync('/bin/sh', ['-s'], { input: prefix, env: slurm.environment(), encoding: 'utf8' });
      expect(stdout).toBe('');
    }
    expect(slurm.jobs()).toEqual([]);
    expect(await slurm.outcome(probe(folder))).toEqual({ kind: 'nothing' });
  }, 60_000);
});

describe('an answer', () => {
  it('that is cut, empty or something else is never taken for an outcome', () => {
    const whole = '@slipway submitted 123\n\n@slipway end\n';
    expect(parseSubmitOutcome(whole)).toMatchObject({ kind: 'submitted', jobId: '123' });
    for (let at = 0; at < whole.length - 1; at += 1)
      expect(parseSubmitOutcome(whole.slice(0, at))).toMatchObject({ kind: 'ambiguous' });
    expect(parseSubmitOutcome('@slipway submitted\n\n@slipway end\n')).toMatchObject({ kind: 'ambiguous' });
  });

  it('never makes the parser throw, and its free text is never taken for a head', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseSubmitOutcome(text)));
    fc.assert(
      fc.property(fc.string(), (text) => {
        const outcome = parseSubmitOutcome(`@slipway refused 1\n@slipway submitted 9\n${text}\n@slipway end\n`);
        expect(outcome).toMatchObject({ kind: 'refused' });
      }),
    );
  });
});
