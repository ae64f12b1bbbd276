/** Writes the demo's commands, and the script that runs jobs. */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { systemPath } from '../systemPath.ts';
import { APPTAINER } from './commands/apptainer.ts';
import { CLIENT } from './commands/client.ts';
import { MODULE_FUNCTION, QUOTA } from './commands/site.ts';
import { SRUN } from './commands/srun.ts';
import { STOPGAPS } from './commands/stopgaps.ts';
import { RUNNER } from './runner.ts';

/** Commands that the controller answers. */
export const ASKING_COMMANDS = [
  'sbatch',
  'squeue',
  'sacct',
  'scancel',
  'scontrol',
  'sinfo',
  'sacctmgr',
  'sshare',
] as const;

/**
 * Writes them where they differ from what is there: a running job may be executing one. `bash -p` keeps a user's BASH_ENV and
 * exported functions out of them.
 */
export function installCommands(
  folder: string,
  bash: string,
): { binFolder: string; runner: string; moduleFunction: string } {
  const binFolder = path.join(folder, 'bin');
  const runner = path.join(folder, 'job-runner');
  mkdirSync(binFolder, { recursive: true, mode: 0o700 });
  const shebang = `#!${process.platform === 'win32' ? '/usr/bin/bash' : bash} -p\n`;
  const scripts: Record<string, string> = { srun: SRUN, apptainer: APPTAINER, singularity: APPTAINER, quota: QUOTA };
  for (const name of ASKING_COMMANDS) scripts[name] = CLIENT;
  const folders = systemPath();
  for (const [name, script] of Object.entries(STOPGAPS))
    if (!folders.some((folder) => existsSync(path.join(folder, name)))) scripts[name] = script;
  const moduleFunction = path.join(folder, 'modules.bash');
  const files = Object.entries(scripts).map(([name, script]) => ({ file: path.join(binFolder, name), script }));
  for (const { file, script } of [
    ...files,
    { file: runner, script: RUNNER },
    { file: moduleFunction, script: MODULE_FUNCTION },
  ]) {
    const text = shebang + script;
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    writeFileSync(`${file}.new`, text);
    chmodSync(`${file}.new`, 0o700);
    renameSync(`${file}.new`, file);
  }
  return { binFolder, runner, moduleFunction };
}
