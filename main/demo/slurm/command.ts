import type { Controller } from './controller.ts';
import type { ParsedOption } from './options.ts';
import type { CommandAnswer, CommandCall } from './wire.ts';

/** Who runs the demo: the one user of it. */
export interface DemoUser {
  readonly name: string;
  readonly uid: number;
  readonly group: string;
  readonly gid: number;
  readonly home: string;
}

/** What a command may look at and change. */
export interface Site {
  readonly controller: Controller;
  readonly user: DemoUser;
  readonly folder: string;
}

/** One of Slurm's commands. */
export type SlurmCommand = (call: CommandCall, site: Site) => CommandAnswer | Promise<CommandAnswer>;

export const say = (stdout: string): CommandAnswer => ({ stdout, stderr: '', exitCode: 0 });
export const complain = (stderr: string, exitCode = 1): CommandAnswer => ({ stdout: '', stderr, exitCode });

/** The last value given for an option, or undefined. */
export function lastOf(options: readonly ParsedOption[], name: string): string | undefined {
  return options.findLast((option) => option.name === name)?.value ?? undefined;
}

export const given = (options: readonly ParsedOption[], name: string): boolean =>
  options.some((option) => option.name === name);
