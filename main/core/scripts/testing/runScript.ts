import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface ScriptRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The first word of each command that bash ran, in order. */
  readonly commands: string[];
  /** Exported variables as the main section saw them, when it ran `env -0 >"$SEEN"`. */
  readonly variables: Map<string, Buffer>;
  /** Everything below the run folder and the home folder afterwards. */
  readonly files: string[];
  readonly runFolder: string;
  /** Content of `.slipway/exit`. */
  readonly exitFile: string | null;
}

/** Runs a generated script as Slurm would: in its run folder, with bash, in an environment of its own. */
export function runScript(script: string, { args = [] as readonly string[], jobId = '4711' } = {}): ScriptRun {
  // bash's own TMPDIR and a path without anything to quote
  const folder = mkdtempSync(path.join(tmpdir(), 'slipway-script-'));
  try {
    const runFolder = path.join(folder, 'run');
    const home = path.join(folder, 'home');
    for (const made of [path.join(runFolder, '.slipway'), home]) mkdirSync(made, { recursive: true });
    const seen = path.join(folder, 'seen');
    const trace = path.join(folder, 'trace');
    writeFileSync(path.join(folder, 'job.sh'), script);
    const result = spawnSync(
      'bash',
      ['-c', `exec 9>"$TRACE"; BASH_XTRACEFD=9 PS4=+ exec bash "$@"`, 'bash', ...args, path.join(folder, 'job.sh')],
      {
        cwd: runFolder,
        env: {
          PATH: process.env['PATH'],
          HOME: home,
          TMPDIR: home,
          SEEN: seen,
          TRACE: trace,
          SLURM_JOB_ID: jobId,
          SLURM_SUBMIT_DIR: runFolder,
        },
        encoding: 'utf8',
      },
    );
    const read = (file: string): Buffer => {
      try {
        return readFileSync(file);
      } catch {
        return Buffer.alloc(0);
      }
    };
    return {
      exitCode: result.status,
      stdout: result.stdout,
      stderr: result.stderr,
      commands: read(trace)
        .toString('latin1')
        .split('\n')
        .flatMap((line) => /^\++ (\S+)/.exec(line)?.[1]?.replace(/=.*/, '=') ?? []),
      variables: variablesOf(read(seen)),
      files: [runFolder, home]
        .flatMap((root) =>
          readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => `${path.basename(root)}/${name}`),
        )
        .sort(),
      runFolder,
      exitFile: read(path.join(runFolder, '.slipway', 'exit')).toString() || null,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What `env -0` wrote: byte for byte, since a value may be no UTF-8. */
function variablesOf(dump: Buffer): Map<string, Buffer> {
  const variables = new Map<string, Buffer>();
  for (let from = 0; from < dump.length;) {
    const end = dump.indexOf(0, from);
    const entry = dump.subarray(from, end === -1 ? dump.length : end);
    const equals = entry.indexOf('=');
    variables.set(entry.subarray(0, equals).toString(), entry.subarray(equals + 1));
    from = end === -1 ? dump.length : end + 1;
  }
  return variables;
}
