import { writeFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DemoForTest } from '../testing/demo.ts';

/** Outputs that are quoted here were recorded on Slurm 22.05.8 with the demo's nodes and partitions. */
describe('sbatch of the demo cluster', () => {
  let demo: DemoForTest;
  beforeAll(async () => {
    demo = await DemoForTest.start();
    writeFileSync(path.join(demo.home, 'job.sh'), '#!/bin/bash\nexit 0\n');
  });
  afterAll(() => demo[Symbol.asyncDispose]());

  const failed = 'sbatch: error: Batch job submission failed:';
  it.each([
    ['-p nope', `sbatch: error: invalid partition specified: nope\n${failed} Invalid partition name specified\n`, 1],
    [
      '-c 9',
      `sbatch: error: CPU count per node can not be satisfied\n${failed} Requested node configuration is not available\n`,
      1,
    ],
    ['-N1 -n 9', `${failed} Requested node configuration is not available\n`, 1],
    [
      '--mem=20G',
      `sbatch: error: Memory specification can not be satisfied\n${failed} Requested node configuration is not available\n`,
      1,
    ],
    [
      '--mem-per-cpu=20G',
      `sbatch: error: Memory specification can not be satisfied\n${failed} Requested node configuration is not available\n`,
      1,
    ],
    ['--gres=gpu:1', `${failed} Requested node configuration is not available\n`, 1],
    ['-p gpu --gres=gpu:5', `${failed} Requested node configuration is not available\n`, 1],
    ['-p gpu --gpus=5', `${failed} Requested node configuration is not available\n`, 1],
    ['-p gpu --gres=gpu:v100:1', `${failed} Requested node configuration is not available\n`, 1],
    ['-p gpu --gres=foo:1', 'sbatch: error: Invalid generic resource (gres) specification\n', 1],
    ['-C haswell', `${failed} Invalid feature specification\n`, 1],
    ['-A physics', `${failed} Invalid account or account/partition combination specified\n`, 1],
    ['--qos=vip', `${failed} Invalid qos specification\n`, 1],
    ['-t soon', 'sbatch: error: Invalid --time specification\n', 255],
    ['--mem=much', 'sbatch: error: Invalid --mem specification\n', 255],
    ['-n some', 'sbatch: error: Invalid numeric value "some" for --ntasks.\n', 1],
    ['-c 0', 'sbatch: error: Invalid numeric value "0" for --cpus-per-task.\n', 1],
    ['-N many', 'sbatch: error: "many" is not a valid node count\n', 255],
    ['--array=x', `${failed} Invalid job array specification\n`, 1],
    ['--array=1-5000', `${failed} Invalid job array specification\n`, 1],
    ['--dependency=foo', `${failed} Job dependency problem\n`, 1],
    ['--begin=foo', 'Invalid time specification (pos=0): foo\nsbatch: error: Invalid --begin specification\n', 255],
    ['--signal=foo', 'sbatch: error: Invalid --signal specification\n', 255],
    ['--nodelist=nope', `${failed} Invalid node name specified\n`, 1],
    ['--foo', 'sbatch: unrecognized option \'--foo\'\nTry "sbatch --help" for more information\n', 255],
    ['-Y3', 'sbatch: invalid option -- \'Y\'\nTry "sbatch --help" for more information\n', 255],
    [
      '--test-only -p nope',
      'sbatch: error: invalid partition specified: nope\nallocation failure: Invalid partition name specified\n',
      1,
    ],
  ])('refuses %s in Slurm’s words', async (options, stderr, exitCode) => {
    expect(await demo.run(`sbatch --parsable ${options} job.sh`)).toEqual({ stdout: '', stderr, exitCode });
  });

  it.each([
    [
      'with Windows line ends',
      '#!/bin/bash\r\ntrue\r\n',
      'sbatch: error: Batch script contains DOS line breaks (\\r\\n)\nsbatch: error: instead of expected UNIX line breaks (\\n).\n',
    ],
    [
      'without an interpreter',
      'true\n',
      'sbatch: error: This does not look like a batch script.  The first\nsbatch: error: line must start with #! followed by the path to an interpreter.\nsbatch: error: For instance: #!/bin/sh\n',
    ],
    ['that is empty', '', 'sbatch: error: Batch script is empty!\n'],
    [
      'with a NUL byte',
      '#!/bin/bash\necho a\0b\n',
      "sbatch: error: The Slurm controller does not allow scripts that\nsbatch: error: contain a NULL character '\\0'.\n",
    ],
  ])('refuses a script %s', async (_, script, stderr) => {
    expect(await demo.run('sbatch', { stdin: script })).toEqual({ stdout: '', stderr, exitCode: 1 });
  });

  it('refuses a directive that it does not know, and one that is no option', async () => {
    expect((await demo.run('sbatch', { stdin: '#!/bin/bash\n#SBATCH --foo\ntrue\n' })).exitCode).toBe(255);
    expect((await demo.run('sbatch', { stdin: '#!/bin/bash\n#SBATCH foo\ntrue\n' })).stderr).toBe(
      'sbatch: error: Invalid directive found in batch script: foo\n',
    );
  });

  it('lets a job wait for ever that no partition limit will let start, and says why', async () => {
    const nodes = await demo.submit('-N 5', '');
    const tasks = await demo.submit('-n 17', '');
    const time = await demo.submit('-t 2-00:00:00', '');
    const { stdout } = await demo.run(`squeue -h -j ${nodes},${tasks},${time} -o '%i %T %r' | sort -n`);
    expect(stdout).toBe(
      `${nodes} PENDING PartitionNodeLimit\n${tasks} PENDING PartitionConfig\n${time} PENDING PartitionTimeLimit\n`,
    );
  });

  it('takes options from the script, then SBATCH_ variables, then the command line', async () => {
    const stdin =
      '#!/bin/bash\n#SBATCH --hold --partition=long\n#SBATCH --job-name="a b" # with a comment\n\n#SBATCH --time=5\nexit 0\n#SBATCH --time=9\n';
    const show = async (options: string, environment = {}): Promise<string> => {
      const { stdout } = await demo.run(`sbatch --parsable ${options}`, { stdin, environment });
      return (await demo.run(`squeue -h -j ${stdout.trim()} -o '%P|%j|%l'`)).stdout.trim();
    };
    expect(await show('')).toBe('long|a b|5:00');
    expect(await show('', { SBATCH_PARTITION: 'debug' })).toBe('debug|a b|5:00');
    expect(await show('-p normal -J c', { SBATCH_PARTITION: 'debug' })).toBe('normal|c|5:00');
  });

  it('says when and where a job would start without taking it', async () => {
    const ran = await demo.run('sbatch --test-only -n 16 job.sh');
    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).toMatch(
      /^sbatch: Job \d+ to start at \d{10} using 16 processors on nodes demo\[1-2\] in partition normal\n$/,
    );
  });

  it('gives a job its variables, arguments and files', async () => {
    const folder = path.join(demo.home, 'run folder');
    const script = path.join(demo.home, 'show.sh');
    writeFileSync(
      script,
      '#!/bin/bash\nprintf "%s\\n" "$PWD" "$1" "$OWN" "$SLURM_JOB_NODELIST" "$SLURM_CPUS_PER_TASK" "$CUDA_VISIBLE_DEVICES" "$SLURM_NTASKS" "$SLURM_SUBMIT_DIR"\necho trouble >&2\n',
    );
    const own = 'a "quoted" $value\nwith `lines` and é';
    const options = `--parsable -p gpu --gres=gpu:a100:2 -n 2 -c 3 -D "${folder}" -o out-%j-%x -e err-%j -J name --wait`;
    const ran = await demo.run(`mkdir "run folder"; sbatch ${options} "${script}" "an argument"`, {
      environment: { OWN: own },
    });
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    const id = ran.stdout.trim();
    expect(readFileSync(path.join(folder, `out-${id}-name`), 'utf8')).toBe(
      `${folder}\nan argument\n${own}\ngpu1\n3\n0,1\n2\n${folder}\n`,
    );
    expect(readFileSync(path.join(folder, `err-${id}`), 'utf8')).toBe('trouble\n');
  });

  it('keeps the submitting environment out when asked to', async () => {
    await demo.run('sbatch --wait --export=ONLY=1 -o only.out --wrap "env"', { environment: { SECRET: 'x' } });
    const text = readFileSync(path.join(demo.home, 'only.out'), 'utf8');
    expect(text).toContain('ONLY=1\n');
    expect(text).toContain('SLURM_JOB_ID=');
    expect(text).not.toContain('SECRET');
  });

  it('cannot be asked without the token', async () => {
    const [port] = readFileSync(path.join(demo.folder, 'controller'), 'utf8').split(' ');
    const call = (token: string): string =>
      `cd ${demo.folder}; printf 'squeue\\0/\\0000\\0' > calls/1; exec 3<>/dev/tcp/127.0.0.1/${port!}; printf '%s 1\\n' ${token} >&3; cat <&3 | tr '\\0' ' '`;
    expect((await demo.run(call('wrong'))).stdout).toBe('');
    expect((await demo.run(call(`$(cut -d' ' -f2 controller)`))).stdout).toContain('JOBID');
    expect((await demo.run(`cd ${demo.folder}; stat -c %a controller calls . | xargs`)).stdout).toBe('600 700 700\n');
  });
});
