import type { ErrorName } from '../../../shared/errors/codes.ts';
import type { Unknown } from '../../../shared/domain/cluster/profile.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { quote } from '../../../shared/lib/quote.ts';

/**
 * A way in which a site is not as one would like: a program that stands on PATH before one of the commands that Slipway runs, or
 * (`start-up`) lines of a person's start-up file.
 */
export interface Oddity {
  readonly command:
    'sbatch' | 'squeue' | 'sacct' | 'scancel' | 'sinfo' | 'scontrol' | 'sacctmgr' | 'sshare' | 'date' | 'start-up';
  /** Lines of sh; the command's name with `"$@"` runs the true one. */
  readonly script: string;
}

interface Row {
  /** After “where …”. */
  readonly title: string;
  readonly oddities: readonly Oddity[];
  /** What stands somewhere among the words that reach a person while it is odd. */
  readonly says?: string | RegExp;
  /** What stands nowhere among them. */
  readonly never?: RegExp;
  /** Waits for a limit of Slipway's own: such rows run side by side, each on a core of its own. */
  readonly slow?: true;
}

/** A job is submitted. Afterwards exactly the jobs that the record names are there, and the next submission works. */
export interface SubmitRow extends Row {
  readonly deed: 'submit';
  readonly phase: JobRecord['phase'];
  readonly error?: ErrorName;
}

/** A job that runs is followed. When all is as usual again, its true end is what the record says. */
export interface FollowRow extends Row {
  readonly deed: 'follow';
  /** It was odd already when the job was submitted. */
  readonly fromStart?: true;
  /** What the clock is put forward by after some looks, before the last. */
  readonly hoursLater?: number;
  /** What the record says of the job while it runs. */
  readonly shows: string;
  /** Whether the looks count as answered. */
  readonly answered: boolean;
  /** How it then ends, and what the record says of that while it is still odd. Without it, the job ends when all is as usual again. */
  readonly end?: { readonly code: number; readonly shows: string; readonly exitCode: number | null };
}

/** A job that runs is cancelled. When all is as usual again, it can be. */
export interface CancelRow extends Row {
  readonly deed: 'cancel';
  /** What the button answers, if it is an error. */
  readonly error?: ErrorName;
  /** What the record says afterwards. */
  readonly shows: string;
}

/** The facts of the cluster are taken again; partitions, accounts and QOS that were known stay. */
export interface FactsRow extends Row {
  readonly deed: 'look at the cluster';
  readonly error?: ErrorName;
  /** Of what the page says why it is not known. */
  readonly unknown: readonly Unknown['subject'][];
}

/** What happens on the cluster now is looked at; where that cannot be learnt, the last look stays. */
export interface UsageRow extends Row {
  readonly deed: 'look at the usage';
  /** Whether the look is a new one. */
  readonly fresh: boolean;
}

/** Slurm is asked when a job could start. */
export interface StartRow extends Row {
  readonly deed: 'ask for the start';
  readonly error?: ErrorName;
  /** Whether a start is foretold. */
  readonly foretold: boolean;
}

export type OddRow = SubmitRow | FollowRow | CancelRow | FactsRow | UsageRow | StartRow;

/** Passes everything on: what stands there while no oddity does. */
export const asItIs = (command: Oddity['command']): Oddity => ({ command, script: `${command} "$@"` });

/** The command says this on its standard error and ends; the true one is not run. */
export const failing = (command: Oddity['command'], stderr: string, exitCode = 1): Oddity => ({
  command,
  script: `printf '%s\\n' ${quote(stderr)} >&2; exit ${String(exitCode)}`,
});

/** As a shell answers for a program that is not there. */
export const missing = (command: Oddity['command']): Oddity => failing(command, `sh: 1: ${command}: not found`, 127);

/** Never answers. */
export const hanging = (command: Oddity['command']): Oddity => ({ command, script: 'exec sleep 977' });

/** A wrapper of the site that greets before the answer and has news behind it. */
export const chatty = (command: Oddity['command']): Oddity => ({
  command,
  script: `printf '%s\\n' 'Welcome to alpha | 3 news = 2 of them old.' '' '*** Maintenance on Monday: 08:00-12:00 ***'; ${command} "$@"; rc=$?; echo 'Have a nice day!'; exit "$rc"`,
});

/** Does its work and complains of something else. */
export const warning = (command: Oddity['command'], words: string): Oddity => ({
  command,
  script: `printf '%s\\n' ${quote(words)} >&2; exec ${command} "$@"`,
});

/** sh that puts an oddity into a folder of the cluster that stands first on PATH. */
export function installScript(folder: string, { command, script }: Oddity): string {
  const text =
    command === 'start-up'
      ? `${script}\n`
      : [
          '#!/bin/sh',
          'here=${0%/*}',
          'while case $PATH in "$here":*) true ;; *) false ;; esac; do PATH=${PATH#*:}; done',
          script,
          '',
        ].join('\n');
  const file = `${folder}/${command}`;
  return `mkdir -p ${quote(folder)} && printf '%s' ${quote(text)} >${quote(`${file}.new`)} && chmod 755 ${quote(`${file}.new`)} && mv -f ${quote(`${file}.new`)} ${quote(file)}`;
}
