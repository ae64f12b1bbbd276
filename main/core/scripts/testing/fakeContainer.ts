import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** An image file, and an `apptainer` that notes what it is given and runs the command on this computer, as the demo cluster's does. */
export interface FakeContainer {
  /** Its path holds blanks and quotes. */
  readonly image: string;
  readonly folder: string;
  readonly run: string;
  /** Runs a script as Slurm would. */
  start(script: string, env?: Record<string, string>): FakeRun;
  dispose(): void;
}

export interface FakeRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The words of each call of the program. */
  readonly calls: string[][];
  /** Variables as the programs inside last saw them. */
  readonly env: Map<string, string>;
  /** What the job wrote down of its end. */
  readonly exitFile: string;
}

const PROGRAM = `#!/bin/bash
case \${1-} in --version) echo "\${0##*/} version 3.8.7"; exit 0 ;; esac
printf '%s\\0' "$@" >>"$SEEN/calls"; printf '\\n\\0' >>"$SEEN/calls"
env -0 >"$SEEN/env"
shift
while [ $# -gt 0 ]; do
  case $1 in --pwd) cd "$2"; shift 2 ;; --app) shift 2 ;; --*) shift ;; *) break ;; esac
done
[ -e "$1" ] || { echo "could not open image $1" >&2; exit 255; }
shift
[ $# -gt 0 ] || exit 0
case $1 in bash | sh | python3 | /*) exec "$@" ;; esac
`;

export function fakeContainer(program = 'apptainer'): FakeContainer {
  const folder = mkdtempSync(path.join(tmpdir(), 'slipway-image-'));
  const run = path.join(folder, 'run');
  const image = path.join(folder, `it's my "image".sif`);
  const seen = path.join(folder, 'seen');
  for (const each of [seen, path.join(folder, 'bin'), path.join(run, '.slipway')]) mkdirSync(each, { recursive: true });
  writeFileSync(image, 'SIF');
  if (program !== '') writeFileSync(path.join(folder, 'bin', program), PROGRAM, { mode: 0o755 });
  const read = (name: string): string[] => {
    try {
      return readFileSync(path.join(seen, name), 'utf8').split('\0').slice(0, -1);
    } catch {
      return [];
    }
  };
  return {
    image,
    folder,
    run,
    start: (script, env = {}) => {
      for (const name of ['calls', 'env']) rmSync(path.join(seen, name), { force: true });
      writeFileSync(path.join(run, 'job.sh'), script);
      const { status, stdout, stderr } = spawnSync('bash', [path.join(run, 'job.sh')], {
        cwd: run,
        encoding: 'utf8',
        env: {
          PATH: `${path.join(folder, 'bin')}:/usr/bin:/bin`,
          HOME: folder,
          SEEN: seen,
          SLURM_JOB_ID: '7',
          SLURM_SUBMIT_DIR: run,
          ...env,
        },
      });
      const calls: string[][] = [[]];
      for (const word of read('calls')) {
        if (word === '\n') calls.push([]);
        else calls.at(-1)?.push(word);
      }
      const exit = (): string => {
        try {
          return readFileSync(path.join(run, '.slipway/exit'), 'utf8');
        } catch {
          return '';
        }
      };
      return {
        status,
        stdout,
        stderr,
        calls: calls.slice(0, -1),
        env: new Map(read('env').map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)])),
        exitFile: exit(),
      };
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
