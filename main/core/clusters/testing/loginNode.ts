import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AppError } from '../../../../shared/errors/appError.ts';
import { readSection } from '../../../slurm/sections.ts';
import { recorded } from '../../../slurm/testing/recorded.ts';
import type { RunOptions, RunResult } from '../../ports.ts';

/** A login node whose Slurm is small sh programs that print what a real one printed, or fail when they are told to. */
export class LoginNode {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-login-node-'));
  /** Why each script was run, in order. */
  readonly asked: string[] = [];
  connected = true;

  constructor() {
    mkdirSync(path.join(this.folder, 'bin'));
    const facts = recorded('facts').stdout;
    const text = (name: string): string => readSection(facts, name)?.stdout ?? '';
    for (const name of [
      'config',
      'partitions',
      'nodes',
      'reservations',
      'associations',
      'defaultAccount',
      'qos',
      'shares',
    ])
      writeFileSync(path.join(this.folder, name), text(name));
    const fails = (name: string): string =>
      `[ ! -e '${this.folder}/${name}.fails' ] || { cat '${this.folder}/${name}.fails' >&2; exit 1; }`;
    this.#program(
      'scontrol',
      `${fails('scontrol')}\ncase $2 in config) cat '${this.folder}/config' ;; partition) cat '${this.folder}/partitions' ;; *) cat '${this.folder}/reservations' ;; esac`,
    );
    this.#program('sinfo', `case $1 in --version) echo 'slurm 22.05.8' ;; *) cat '${this.folder}/nodes' ;; esac`);
    this.#program(
      'sacctmgr',
      `while [ -e '${this.folder}/sacctmgr.held' ]; do sleep 0.05; done\n${fails('sacctmgr')}\ncase "$*" in *' user where '*) cat '${this.folder}/defaultAccount' ;; *' assoc where user='*) cat '${this.folder}/associations' ;; *' qos '*) cat '${this.folder}/qos' ;; *) exit 1 ;; esac`,
    );
    this.#program('sshare', `cat '${this.folder}/shares'`);
    this.#program('squeue', `${fails('squeue')}\ncase " $* " in *' PENDING '*) echo 'gpu|N/A' ;; *) : ;; esac`);
    this.#program('id', `case $1 in -un) echo slipuser ;; -Gn) echo slipuser ;; *) echo 1001 ;; esac`);
    this.#program('myquota', `printf 'Filesystem Path Used Limit\\nhome /home/slipuser 1G 2G\\n'`);
  }

  #program(name: string, body: string): void {
    const file = path.join(this.folder, 'bin', name);
    writeFileSync(file, `#!/bin/sh\n${body}\n`);
    chmodSync(file, 0o755);
  }

  /** Makes a program fail with this complaint, or work again. */
  fail(name: 'scontrol' | 'sacctmgr' | 'squeue', complaint: string | null): void {
    const file = path.join(this.folder, `${name}.fails`);
    if (complaint === null) rmSync(file, { force: true });
    else writeFileSync(file, `${complaint}\n`);
  }

  /** The accounting database does not answer, until it is let go. */
  holdAccounting(isHeld: boolean): void {
    const file = path.join(this.folder, 'sacctmgr.held');
    if (isHeld) writeFileSync(file, '');
    else rmSync(file, { force: true });
  }

  async run(script: string, options: RunOptions = {}): Promise<RunResult> {
    if (!this.connected) throw new AppError('NOT_CONNECTED', { details: { cluster: 'test' } });
    this.asked.push(options.purpose ?? 'other');
    const child = spawn('sh', ['-s'], {
      cwd: this.folder,
      env: { HOME: this.folder, PATH: `${path.join(this.folder, 'bin')}:${process.env['PATH'] ?? ''}` },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.end(`(\n:\n${script}\n) </dev/null\n`);
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? 255));
    });
    return { exitCode, stdout, stderr, elapsedMs: 1 };
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
