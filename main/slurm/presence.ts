import { MARK } from './record.ts';

/** Slurm's programs that `presenceScript` runs, one entry for each place: what it may run at most, since a branch may not be taken. */
export const PRESENCE_PROGRAMS = ['sinfo', 'sinfo'] as const;

/** Asks for the version of Slurm and its partitions: the lightest sign that the controller answers. Fails when it does not. */
export function presenceScript(): string {
  return [`printf '${MARK} version %s\\n' "$(sinfo --version)"`, `sinfo -h -a -o '${MARK} partition %R'`].join('\n');
}

/** Reads the answer of `presenceScript`; a version that is not told is empty. Never throws. */
export function parsePresence(stdout: string): { version: string; partitions: string[] } {
  const told = (what: string): string[] =>
    stdout
      .split('\n')
      .flatMap((line) => (line.startsWith(`${MARK} ${what} `) ? [line.slice(`${MARK} ${what} `.length).trim()] : []));
  return {
    version: /\d+\.\d+\S*/.exec(told('version')[0]?.slice(0, 100) ?? '')?.[0] ?? '',
    partitions: [...new Set(told('partition'))],
  };
}
