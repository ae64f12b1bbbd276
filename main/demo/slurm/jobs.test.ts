import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DemoForTest, until } from '../testing/demo.ts';

describe('jobs of the demo cluster', () => {
  let demo: DemoForTest;
  // a job's minute passes in a second: time limits and grace periods are met while one waits
  beforeAll(async () => {
    demo = await DemoForTest.start({ clockScale: 60 });
  });
  afterAll(() => demo[Symbol.asyncDispose]());

  /** Processes of a process group that are more than an entry waiting to be reaped. */
  const living = async (group: string): Promise<string[]> => {
    const { stdout } = await demo.run('ps -A -o pgid=,stat=,args=');
    return stdout.split('\n').filter((line) => line.trim().split(/\s+/)[0] === group && !/^\s*\d+\s+Z/.test(line));
  };

  const output = (id: string): string => readFileSync(path.join(demo.home, `slurm-${id}.out`), 'utf8');

  it.each([
    ['exit 0', 'COMPLETED', '0:0'],
    ['exit 3', 'FAILED', '3:0'],
    ['exit 143', 'FAILED', '143:0'],
    ['kill -9 $$', 'FAILED', '0:9'],
    ['bash -c "kill -9 \\$\\$"', 'FAILED', '137:0'],
  ])('that end with %s are %s with %s', async (script, state, exit) => {
    const id = await demo.submit('', script);
    expect(await demo.state(id, 'COMPLETED', 'FAILED')).toBe(state);
    expect(await demo.accounted(id, 'ExitCode')).toBe(exit);
  });

  it('are ended at their time limit, first gently', async () => {
    const id = await demo.submit('-t 2', 'trap "echo saved; exit 0" TERM; while :; do sleep 0.05; done');
    expect(await demo.state(id, 'TIMEOUT', 'FAILED', 'COMPLETED')).toBe('TIMEOUT');
    expect(output(id)).toContain('saved\n');
    expect(output(id)).toMatch(/slurmstepd: error: \*\*\* JOB \d+ ON demo\d CANCELLED AT \S+ DUE TO TIME LIMIT \*\*\*/);
  });

  it('are killed when they do not heed', async () => {
    const id = await demo.submit('-t 2', 'trap "" TERM; while :; do sleep 0.05; done');
    expect(await demo.state(id, 'TIMEOUT')).toBe('TIMEOUT');
  });

  it('are warned before the limit when they asked for it', async () => {
    const id = await demo.submit(
      '-t 5 --signal=B:USR1@120',
      'trap "echo warned; exit 0" USR1; while :; do sleep 0.05; done',
    );
    await demo.state(id, 'COMPLETED');
    expect(output(id)).toBe('warned\n');
  });

  it('and all their processes end when they are cancelled', async () => {
    const id = await demo.submit('-t 1-0', 'echo $$; sleep 1000 & sleep 1000');
    const group = await until(() => existsSync(path.join(demo.home, `slurm-${id}.out`)) && (output(id).trim() || null));
    expect((await demo.run(`scancel ${id}`)).exitCode).toBe(0);
    expect(await demo.state(id, 'CANCELLED')).toMatch(/^CANCELLED by \d+$/);
    expect(await demo.accounted(id, 'ExitCode')).toBe('0:15');
    expect(await living(group)).toEqual([]);
    expect(await demo.run(`scancel ${id}; scancel 999999`)).toEqual({ stdout: '', stderr: '', exitCode: 0 });
  });

  it('that ran in the background of a script do not outlive it', async () => {
    const id = await demo.submit('', 'sleep 1000 & echo $$');
    await demo.state(id, 'COMPLETED');
    expect(await living(output(id).trim())).toEqual([]);
  });

  it('wait while held, and run when released', async () => {
    const id = await demo.submit('--hold', '');
    expect((await demo.run(`squeue -h -j ${id} -o '%T %r %Q'`)).stdout).toBe('PENDING JobHeldUser 0\n');
    await demo.run(`scontrol release ${id}`);
    expect(await demo.state(id, 'COMPLETED')).toBe('COMPLETED');
  });

  it('run again under their own id when requeued', async () => {
    const id = await demo.submit('--open-mode=append', 'echo "run ${SLURM_RESTART_COUNT:-0}"');
    await demo.state(id, 'COMPLETED');
    expect((await demo.run(`scontrol requeue ${id}`)).exitCode).toBe(0);
    expect((await demo.run(`squeue -h -j ${id} -o '%T %r'`)).stdout).toBe('PENDING BeginTime\n');
    await demo.state(id, 'COMPLETED');
    expect(output(id)).toBe('run 0\nrun 1\n');
    expect((await demo.run(`scontrol requeue ${await demo.submit('--hold', '')}`)).stderr).toMatch(
      /^Job is pending execution for job \d+\n$/,
    );
  });

  it('start at once when a user says so, however late they were to begin', async () => {
    const id = await demo.submit('--begin=now+1day', 'echo begun');
    expect((await demo.run(`squeue -h -j ${id} -o '%T %r'`)).stdout).toBe('PENDING BeginTime\n');
    expect((await demo.run(`scontrol update JobId=${id} StartTime=soon`)).exitCode).not.toBe(0);
    expect((await demo.run(`scontrol update JobId=${id} StartTime=now`)).exitCode).toBe(0);
    await demo.state(id, 'COMPLETED');
    expect(output(id)).toBe('begun\n');
  });

  it('wait for others and run as their ends allow', async () => {
    const good = await demo.submit('--hold', '');
    const bad = await demo.submit('', 'exit 1');
    const [afterGood, afterAny, afterBad, never] = await Promise.all([
      demo.submit(`-d afterok:${good}`, ''),
      demo.submit(`-d afterany:${good}:${bad}`, ''),
      demo.submit(`-d afternotok:${bad}`, ''),
      demo.submit(`-d afterok:${bad}`, ''),
    ]);
    expect((await demo.run(`squeue -h -j ${afterGood} -o '%T %r %E'`)).stdout).toBe(
      `PENDING Dependency afterok:${good}(unfulfilled)\n`,
    );
    await demo.state(afterBad, 'COMPLETED');
    expect((await demo.run(`squeue -h -j ${never} -o '%T %r'`)).stdout).toBe('PENDING DependencyNeverSatisfied\n');
    await demo.run(`scontrol release ${good}`);
    await demo.state(afterGood, 'COMPLETED');
    await demo.state(afterAny, 'COMPLETED');
  });

  it('of an array run a few at a time, and wait as one line', async () => {
    const id = await demo.submit(
      '--array=1-7:2%2 -t 1-0 -o task-%a.out',
      'echo "$SLURM_ARRAY_JOB_ID $SLURM_ARRAY_TASK_ID of $SLURM_ARRAY_TASK_COUNT"; while [ ! -e go ]; do sleep 0.05; done',
    );
    const { stdout } = await until(async () => {
      const seen = await demo.run(`squeue -h -j ${id} -o '%i|%F|%K|%T|%r' | sort`);
      return seen.stdout.includes(`${id}_3|`) && seen;
    });
    expect(stdout).toBe(
      `${id}_1|${id}|1|RUNNING|None\n${id}_3|${id}|3|RUNNING|None\n${id}_[5,7%2]|${id}|5,7%2|PENDING|JobArrayTaskLimit\n`,
    );
    expect((await demo.run(`squeue -h -r -t PD -j ${id} -o %i`)).stdout).toBe(`${id}_5\n${id}_7\n`);
    await demo.run(`scancel ${id}_7; touch go`);
    await until(async () => (await demo.run(`squeue -h -j ${id}`)).stdout === '');
    expect((await demo.run(`sacct -X -n -P -j ${id} -o JobID,State`)).stdout).toMatch(
      new RegExp(`^${id}_1\\|COMPLETED\n${id}_3\\|COMPLETED\n${id}_5\\|COMPLETED\n${id}_7\\|CANCELLED by \\d+\n$`),
    );
    expect(readFileSync(path.join(demo.home, 'task-5.out'), 'utf8')).toBe(`${id} 5 of 4\n`);
    expect(existsSync(path.join(demo.home, 'task-7.out'))).toBe(false);
  });

  it('share nodes by CPUs, memory and GPUs, and the next in line says so', async () => {
    const running = await demo.submit('-p gpu --gres=gpu:3 -t 1-0', 'while :; do sleep 0.05; done');
    await demo.state(running, 'RUNNING');
    const tooMany = await demo.submit('-p gpu --gres=gpu:2 -t 1-0', '');
    const behind = await demo.submit('-p gpu --gres=gpu:2 -t 1-0', '');
    const fits = await demo.submit('-p gpu --gres=gpu:1 -t 10', 'echo "$CUDA_VISIBLE_DEVICES"');
    await demo.state(fits, 'COMPLETED');
    expect(output(fits)).toBe('3\n');
    expect((await demo.run(`squeue -h -j ${tooMany} -o %r; squeue -h -j ${behind} -o %r`)).stdout).toBe(
      'Resources\nPriority\n',
    );
    const [start, end] = (
      await demo.run(`squeue -h -j ${tooMany} -o '%S'; squeue -h -j ${running} -o '%e'`)
    ).stdout.split('\n');
    expect(start).toBe(end);
    expect((await demo.run("sinfo -h -p gpu -o '%R|%D|%G|%F|%C'")).stdout).toBe('gpu|1|gpu:a100:4|1/0/0/1|1/15/0/16\n');
    await demo.run(`scancel ${running}`);
    await demo.state(behind, 'COMPLETED');
  });

  it('whose output cannot be opened fail as slurmd fails them', async () => {
    const id = await demo.submit('-o /nonexistent/out', '');
    expect(await demo.state(id, 'FAILED')).toBe('FAILED');
    expect(await demo.accounted(id, 'ExitCode')).toBe('0:53');
  });

  it('run steps with srun, one per task, and report the worst end', async () => {
    const id = await demo.submit(
      '-n 3',
      "srun -l bash -c 'echo \"$SLURM_PROCID of $SLURM_NTASKS\"' | sort; srun -n 2 bash -c 'exit $((SLURM_PROCID * 4))'",
    );
    await demo.state(id, 'FAILED');
    expect(await demo.accounted(id, 'ExitCode')).toBe('4:0');
    expect(output(id)).toContain('0: 0 of 3\n1: 1 of 3\n2: 2 of 3\n');
  });

  it('use apptainer images that exist, and say that nothing is contained', async () => {
    const id = await demo.submit(
      '',
      'touch there.sif; apptainer exec --nv --bind /a:/b --env=X=1 there.sif sh -c "echo in \\$X"; apptainer exec gone.sif true; echo $?; apptainer exec --teleport there.sif true; echo $?',
    );
    await demo.state(id, 'COMPLETED');
    const text = output(id);
    expect(text).toContain('demo cluster: running on this computer, without the container there.sif\nin 1\n');
    expect(text).toMatch(/FATAL: .*could not open image gone\.sif: .*no such file or directory\n255\n/);
    expect(text).toMatch(/unknown flag: --teleport\n1\n$/);
  });

  it('are shown by squeue and sacct in any format that is asked for', async () => {
    const id = await demo.submit('-J "odd | name" --comment=c -n 2 -c 2 --mem=1G -t 90 --hold', '');
    expect(
      (await demo.run(`squeue -h -j ${id} -o $'%i\\x1f%C\\x1f%D\\x1f%m\\x1f%l\\x1f%M\\x1f%S\\x1f%Z\\x1f%k\\x1f%j'`))
        .stdout,
    ).toBe([id, '4', '1', '1G', '1:30:00', '0:00', 'N/A', demo.home, 'c', 'odd | name'].join('\x1f') + '\n');
    expect((await demo.run(`squeue -j ${id} -o '%.6i %.4j|%9'`)).stderr).toContain(
      'squeue: error: Invalid job format specification',
    );
    expect(
      (
        await demo.run(
          `sacct -X -n -P -D --delimiter=$'\\x1f' -j ${id} -o JobIDRaw,JobName,State,TimelimitRaw,ReqMem,WorkDir`,
        )
      ).stdout,
    ).toBe([id, 'odd | name', 'PENDING', '90', '1G', demo.home].join('\x1f') + '\n');
    expect(await demo.run(`sacct -j ${id} -o JobID,Nonsense`)).toEqual({
      stdout: '',
      stderr: 'sacct: error: Invalid field requested: "Nonsense"\n',
      exitCode: 1,
    });
    expect(await demo.run('squeue -j 999999')).toEqual({
      stdout: '',
      stderr: 'slurm_load_jobs error: Invalid job id specified\n',
      exitCode: 1,
    });
    expect((await demo.run('squeue -h -j 999999,999998')).exitCode).toBe(0);
  });
});
