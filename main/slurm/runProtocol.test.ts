import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProtocolLines } from './runProtocol.ts';
import { DUPLICATE_EXIT_CODE, runFolderName, sameRunFolder } from './runFolder.ts';
import { bash } from './testing/fakeSlurm.ts';

let folder: string;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'slipway-run-')), "a 'nasty' $(touch hit)\n한글");
  mkdirSync(path.join(folder, '.slipway'), { recursive: true });
});
afterEach(() => {
  rmSync(path.dirname(folder), { recursive: true, force: true });
});

const { begin, end } = runProtocolLines();
const script = (body: string, head = ''): string => [head, ...begin, body, ...end].join('\n');
const job = (body: string, env: Record<string, string> = { SLURM_JOB_ID: '7' }, head = '') =>
  bash(script(body, head), { SLIPWAY_RUN_DIR: folder, ...env });
const file = (name: string): string => readFileSync(path.join(folder, '.slipway', name), 'utf8');

describe('a job', () => {
  it('claims its run and writes down how it ended', () => {
    expect(job('echo work').stdout).toBe('work\n');
    expect(file('claim')).toBe('7\n');
    expect(file('exit')).toMatch(/^0 \d{10} 0\n$/);
    expect(job('exit 5').status).toBe(5);
    expect(file('exit')).toMatch(/^5 /);
    expect(job('exit 6', { SLURM_JOB_ID: '7', SLURM_RESTART_COUNT: '2' }).status).toBe(6);
    expect(file('exit')).toMatch(/^6 \d{10} 2\n$/);
  });

  it('ends at once, and touches nothing, when its run belongs to another job', () => {
    job('exit 3');
    const second = job('echo must not happen', { SLURM_JOB_ID: '8' });
    expect(second).toMatchObject({ status: DUPLICATE_EXIT_CODE, stdout: '' });
    expect(second.stderr).toContain('this run belongs to job 7; job 8 ends here');
    expect(file('exit')).toMatch(/^3 /);
  });

  it('goes on when it is requeued under its own id, without the end of the time before', () => {
    job('slipway_progress 50 half; exit 3');
    const again = job(`[ ! -e "$SLIPWAY_RUN_DIR/.slipway/exit" ] && [ ! -e "$SLIPWAY_PROGRESS_FILE" ] && echo fresh`);
    expect(again.stdout).toBe('fresh\n');
  });

  it('does not start when the person gave the run up', () => {
    writeFileSync(path.join(folder, '.slipway', 'claim'), 'abandoned\n');
    expect(job('echo must not happen')).toMatchObject({ status: DUPLICATE_EXIT_CODE, stdout: '' });
  });

  it('shares its run with the other tasks of its array, each with an end of its own', async () => {
    const tasks = ['1', '2', '3', '4'];
    const codes = await Promise.all(
      tasks.map(
        (task) =>
          new Promise<number | null>((resolve) => {
            const child = spawn('bash', ['-c', script(`exit ${task}`)], {
              env: {
                PATH: process.env['PATH'],
                SLIPWAY_RUN_DIR: folder,
                SLURM_JOB_ID: `10${task}`,
                SLURM_ARRAY_JOB_ID: '100',
                SLURM_ARRAY_TASK_ID: task,
              },
            });
            child.on('close', resolve);
          }),
      ),
    );
    expect(codes).toEqual([1, 2, 3, 4]);
    expect(file('claim')).toBe('100\n');
    expect(tasks.map((task) => file(`exit-${task}`).split(' ')[0])).toEqual(tasks);
  });

  it('works in strict scripts, and its failing command is its exit code', () => {
    expect(job('false', { SLURM_JOB_ID: '7' }, 'set -euo pipefail').status).toBe(1);
    expect(file('exit')).toMatch(/^1 /);
    expect(
      job(
        'slipway_progress; slipway_progress x; slipway_progress 1000; slipway_progress 10; echo on',
        { SLURM_JOB_ID: '7' },
        'set -euo pipefail',
      ).stdout,
    ).toBe('on\n');
    expect(file('progress')).toBe('10 \n');
  });

  it('reports progress, whatever the text', () => {
    job(`slipway_progress 12 "it's" $'two\\nlines' '$(touch hit)'; slipway_progress 40`);
    expect(file('progress')).toBe("12 it's two lines $(touch hit)\n40 \n");
    expect(existsSync('hit')).toBe(false);
  });

  it('reports no more of a long text than is shown', () => {
    job(`slipway_progress 12 "$(head -c 20000000 /dev/zero | tr '\\0' x)" more`);
    expect(file('progress')).toBe(`12 ${'x'.repeat(300)}\n`);
  });

  it.each([
    ['bash', `bash -c 'slipway_progress 12 "it is" half'`],
    ['sh with no locale', `env LC_ALL=C sh -c 'slipway_progress 12 "it is" half'`],
    [
      'Python',
      `python3 -c 'import subprocess; subprocess.run(["slipway_progress", "12", "it is", "half"], check=True)'`,
    ],
    ['Perl', `perl -e 'system("slipway_progress", "12", "it is", "half") == 0 or die'`],
    [
      'a script of its own',
      `printf '#!/bin/sh\\nset -eu\\nIFS=,\\nslipway_progress 12 "it is" half\\n' >step.sh; chmod +x step.sh; ./step.sh; rm step.sh`,
    ],
    ['a PATH set anew', 'PATH=/usr/bin:/bin; slipway_progress 12 "it is" half'],
  ])('reports progress from what it starts: %s', (_name, body) => {
    const { stderr, status } = job(`cd "$SLIPWAY_RUN_DIR"; ${body}`, { SLURM_JOB_ID: '7' }, 'set -euo pipefail');
    expect({ stderr, status, progress: file('progress') }).toEqual({
      stderr: '',
      status: 0,
      progress: '12 it is half\n',
    });
  });

  it.skipIf(!existsSync('/usr/bin/tcsh') && !existsSync('/bin/tcsh'))('reports progress from csh', () => {
    job(
      `printf '#!/bin/tcsh -f\\nslipway_progress 30 "in csh"\\n' >"$SLIPWAY_RUN_DIR/step"; chmod +x "$SLIPWAY_RUN_DIR/step"; "$SLIPWAY_RUN_DIR/step"`,
    );
    expect(file('progress')).toBe('30 in csh\n');
  });

  it('refuses in other shells what it refuses in its own, and never fails', () => {
    const { stdout, stderr } = job(
      `sh -ec 'slipway_progress; slipway_progress x; slipway_progress 1000; SLIPWAY_PROGRESS_FILE= slipway_progress 5; SLIPWAY_PROGRESS_FILE=/nowhere/x slipway_progress 5; echo on'`,
    );
    expect(stdout).toBe('on\n');
    expect(stderr).toBe('slipway_progress: PERCENT is a number from 0 to 100\n'.repeat(3));
    expect(existsSync(path.join(folder, '.slipway', 'progress'))).toBe(false);
  });

  it('reports from each task of an array for itself, from whatever it starts', async () => {
    await Promise.all(
      ['1', '2', '3'].map(
        (task) =>
          new Promise((resolve) => {
            const env = {
              PATH: process.env['PATH'],
              SLIPWAY_RUN_DIR: folder,
              SLURM_JOB_ID: `10${task}`,
              SLURM_ARRAY_JOB_ID: '100',
              SLURM_ARRAY_TASK_ID: task,
            };
            spawn('bash', ['-c', script(`sh -c 'slipway_progress ${task} part'`)], { env }).on('close', resolve);
          }),
      ),
    );
    expect(['1', '2', '3'].map((task) => file(`progress-${task}`))).toEqual(['1 part\n', '2 part\n', '3 part\n']);
    expect(readdirSync(path.join(folder, '.slipway', 'bin'))).toEqual(['slipway_progress']);
  });

  it('adds its program to the PATH of containers after what the site has there, and hides nothing', () => {
    const { stdout } = job('echo "$APPTAINERENV_APPEND_PATH|$SINGULARITYENV_APPEND_PATH|${PATH##*:}"', {
      SLURM_JOB_ID: '7',
      SINGULARITYENV_APPEND_PATH: '/site/bin',
    });
    const bin = `${folder}/.slipway/bin`;
    expect(stdout).toBe(`/site/bin:${bin}|/site/bin:${bin}|${bin}\n`);
  });

  it('leaves the PATH alone where the name of the run folder would be two of its entries', () => {
    const odd = path.join(folder, 'a:b');
    mkdirSync(path.join(odd, '.slipway'), { recursive: true });
    expect(
      job('slipway_progress 5 on; echo "$PATH"', { SLURM_JOB_ID: '7', SLIPWAY_RUN_DIR: odd }).stdout,
    ).not.toContain('.slipway');
    expect(readFileSync(path.join(odd, '.slipway', 'progress'), 'utf8')).toBe('5 on\n');
  });

  it('may have an EXIT trap of its own: then it writes the end itself, or the end of the script does', () => {
    job(`trap 'echo bye' EXIT; exit 4`);
    expect(existsSync(path.join(folder, '.slipway', 'exit'))).toBe(false);
    job(`trap 'slipway_exit "$?"; echo bye' EXIT; exit 4`);
    expect(file('exit')).toMatch(/^4 /);
    job(`trap 'echo bye' EXIT; true`);
    expect(file('exit')).toMatch(/^0 /);
  });

  it('writes no success when it is terminated', async () => {
    const child = spawn('bash', ['-c', script('echo ready; sleep 60 & wait')], {
      env: { PATH: process.env['PATH'], SLIPWAY_RUN_DIR: folder, SLURM_JOB_ID: '7' },
      detached: true,
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    process.kill(-child.pid!, 'SIGTERM');
    await new Promise((resolve) => child.once('close', resolve));
    expect(file('exit')).toMatch(/^143 /);
  });

  it('run by hand claims and writes nothing', () => {
    expect(job('slipway_progress 5; echo by hand', {}).stdout).toBe('by hand\n');
    expect(existsSync(path.join(folder, '.slipway', 'claim'))).toBe(false);
    expect(existsSync(path.join(folder, '.slipway', 'exit'))).toBe(false);
  });
});

describe('the name of a run folder', () => {
  it('is readable and harmless for any job name', () => {
    expect(runFolderName('Lysozyme NPT, 300 K', 'r0123456789ab')).toBe('Lysozyme-NPT-300-K-r0123456789ab');
    expect(runFolderName('../../etc $(x)', 'r0123456789ab')).toBe('etc-x-r0123456789ab');
    expect(runFolderName('학습', 'r0123456789ab')).toBe('job-r0123456789ab');
    expect(runFolderName('é'.repeat(300), 'r0123456789ab')).toBe(`${'e'.repeat(40)}-r0123456789ab`);
  });

  it('is recognised where Slurm resolved a link in its path', () => {
    expect(sameRunFolder('/home/a/x-r1', '/lustre/home/a/x-r1/')).toBe(true);
    expect(sameRunFolder('/home/a/x-r1', '/home/a/x-r2')).toBe(false);
    expect(sameRunFolder('', '/')).toBe(false);
  });
});
