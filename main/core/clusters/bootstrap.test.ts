import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootstrapScript, parseBootstrap } from './bootstrap.ts';

describe('finding Slurm on a login node', () => {
  let home: string;
  let slurm: string;

  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'slipway-login-'));
    slurm = path.join(home, 'opt', "slurm's bin");
    mkdirSync(slurm, { recursive: true });
    writeFileSync(path.join(slurm, 'sbatch'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  });

  afterEach(() => rmSync(home, { recursive: true }));

  const login = (slurmBin: string | null, variables: Record<string, string>) => {
    const { stdout } = spawnSync('/bin/sh', ['-c', bootstrapScript(slurmBin)], {
      encoding: 'utf8',
      env: { HOME: home, ...variables },
    });
    return parseBootstrap(stdout, 'login1');
  };

  /** The system's tools without whatever Slurm this machine may have. */
  const toolsOnly = (): string => {
    const tools = path.join(home, 'tools');
    mkdirSync(tools, { recursive: true });
    for (const tool of ['id', 'uname', 'env', 'sed', 'bash']) {
      const found = spawnSync('/bin/sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim();
      writeFileSync(path.join(tools, tool), `#!/bin/sh\nexec ${found} "$@"\n`, { mode: 0o755 });
    }
    return tools;
  };

  it('takes sbatch from the path', () => {
    expect(login(null, { PATH: `${slurm}:${toolsOnly()}` })).toMatchObject({ home, slurmBin: null, slurmConf: null });
  });

  it('asks a login shell once when the path has none, whatever its profile prints', () => {
    writeFileSync(
      path.join(home, '.bash_profile'),
      `echo "Welcome!"; echo "@slipway-home=/evil"; export PATH="${slurm}:$PATH" SLURM_CONF=/etc/site/slurm.conf\necho bye >&2\n`,
    );
    expect(login(null, { PATH: toolsOnly() })).toMatchObject({
      home,
      slurmBin: slurm,
      slurmConf: '/etc/site/slurm.conf',
    });
  });

  it('uses the folder of the profile', () => {
    expect(login(slurm, { PATH: toolsOnly() })).toMatchObject({ home });
  });

  it('names the variables that override a script', () => {
    expect(
      login(null, {
        PATH: `${slurm}:${toolsOnly()}`,
        SBATCH_ACCOUNT: 'chem',
        SBATCH_TIMELIMIT: '1',
      }).sbatchVariables.sort(),
    ).toEqual(['SBATCH_ACCOUNT', 'SBATCH_TIMELIMIT']);
  });

  it('says that a machine without sbatch is no Slurm login node', () => {
    writeFileSync(path.join(home, '.bash_profile'), `PATH=${toolsOnly()}\n`);
    expect(() => login(null, { PATH: toolsOnly() })).toThrow(expect.objectContaining({ name: 'SLURM_MISSING' }));
  });

  it('does not take half an answer for one', () => {
    expect(() => parseBootstrap('@slipway-user=ada\n@slipway-home=/home/ada\n', 'login1')).toThrow(
      expect.objectContaining({ name: 'REMOTE_GARBAGE' }),
    );
  });
});
