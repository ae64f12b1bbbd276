import { quote } from '../../../shared/lib/quote.ts';

/** A way in which a site is not as one would like: a program that stands on PATH before one of Slurm's commands. */
export interface Oddity {
  readonly command: 'sbatch' | 'squeue' | 'sacct' | 'scancel' | 'sinfo' | 'scontrol' | 'sacctmgr';
  /** Lines of sh; the command's name with `"$@"` runs Slurm's own. */
  readonly script: string;
}

/** Passes everything on: what stands there while no oddity does. */
export const asItIs = (command: Oddity['command']): Oddity => ({ command, script: `${command} "$@"` });

/** sh that puts an oddity into a folder of the cluster, which a profile names as that of Slurm's commands. */
export function installScript(folder: string, { command, script }: Oddity): string {
  const text = ['#!/bin/sh', 'here=${0%/*}', 'while case $PATH in "$here":*) true ;; *) false ;; esac; do PATH=${PATH#*:}; done', script, ''].join('\n');
  const file = `${folder}/${command}`;
  return `mkdir -p ${quote(folder)} && printf '%s' ${quote(text)} >${quote(`${file}.new`)} && chmod 755 ${quote(`${file}.new`)} && mv -f ${quote(`${file}.new`)} ${quote(file)}`;
}
