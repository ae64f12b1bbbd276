import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { reasonOf } from '../../../shared/errors/appError.ts';
import { ResourceScope, type Disposable } from '../../../shared/lib/disposable.ts';
import { findBash } from '../bash.ts';
import type { DemoUser, Site, SlurmCommand } from './command.ts';
import { Controller } from './controller.ts';
import { ASKING_COMMANDS, installCommands } from './install.ts';
import { lockFolder } from './lock.ts';
import { sacct } from './sacct.ts';
import { sacctmgr } from './sacctmgr.ts';
import { sbatch } from './sbatch.ts';
import { scancel } from './scancel.ts';
import { scontrol } from './scontrol.ts';
import { sinfo } from './sinfo.ts';
import { squeue } from './squeue.ts';
import { sshare } from './sshare.ts';
import { clearCalls, serveCommands, type AnswerCommand } from './wire.ts';

export interface DemoSlurmOptions {
  /** Where jobs, commands and the controller's address live. One process at a time. */
  readonly folder: string;
  /** How many times faster than real time limits and grace periods pass. Default 1. */
  readonly clockScale?: number | undefined;
}

export interface DemoSlurm extends Disposable {
  /** Put this first on PATH to have sbatch, squeue and the others. */
  readonly binFolder: string;
  /** A login bash that reads this file has `module`. */
  readonly moduleFunction: string;
  readonly user: DemoUser;
  readonly bash: string;
}

const COMMANDS: Readonly<Record<(typeof ASKING_COMMANDS)[number], SlurmCommand>> = {
  sbatch,
  squeue,
  sacct,
  scancel,
  scontrol,
  sinfo,
  sacctmgr,
  sshare,
};

function thisUser(): DemoUser {
  const { username, uid, gid, homedir } = userInfo();
  // Windows has no numbers for users
  return { name: username, uid: Math.max(0, uid), group: username, gid: Math.max(0, gid), home: homedir };
}

/**
 * Starts the demo's Slurm: the commands and the controller behind them. Jobs of an earlier run are taken up again: those that ran on
 * meanwhile are found running or ended, those that waited start.
 * `dispose` stops answering; running jobs run on. DEMO_UNAVAILABLE without bash, or when another process has the folder.
 */
export async function startDemoSlurm(options: DemoSlurmOptions): Promise<DemoSlurm> {
  const opened = new ResourceScope();
  try {
    const folder = path.resolve(options.folder);
    const bash = findBash();
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const user = thisUser();
    const token = randomBytes(32).toString('hex');
    let site: Site | null = null;
    let ready: () => void = () => undefined;
    const recovered = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const answer: AnswerCommand = async (call) => {
      await recovered;
      const command = Object.entries(COMMANDS).find(([name]) => name === call.command)?.[1];
      if (site === null || command === undefined)
        return { stdout: '', stderr: `${call.command}: error: not a command of the demo cluster\n`, exitCode: 1 };
      try {
        return await command(call, site);
      } catch (error) {
        return {
          stdout: '',
          stderr: `${call.command}: error: the demo cluster failed: ${reasonOf(error)}\n`,
          exitCode: 1,
        };
      }
    };
    const calls = path.join(folder, 'calls');
    const server = opened.use(await serveCommands(calls, token, answer));
    await lockFolder(folder, server.port);
    clearCalls(calls);
    const { binFolder, runner, moduleFunction } = installCommands(folder, bash);
    const controller = opened.use(
      await Controller.recover({ folder, bash, runner, clockScale: options.clockScale ?? 1 }),
    );
    site = { controller, user, folder };
    const address = path.join(folder, 'controller');
    writeFileSync(`${address}.new`, `${server.port} ${token}\n`, { mode: 0o600 });
    renameSync(`${address}.new`, address);
    ready();
    return { binFolder, moduleFunction, user, bash, dispose: () => opened.dispose() };
  } catch (error) {
    await opened.dispose();
    throw error;
  }
}
