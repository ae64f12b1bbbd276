import { MARK } from './record.ts';

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
