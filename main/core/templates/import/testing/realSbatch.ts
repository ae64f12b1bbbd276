import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Disposable } from '../../../../../shared/lib/disposable.ts';

/** What sbatch makes of a script's directives before it asks any controller. */
export interface SbatchReading {
  /** Words of the `#SBATCH` lines, in order. */
  readonly words: readonly string[];
  /** Options as sbatch understood them, by its own names; null when it refused the script. */
  readonly options: ReadonlyMap<string, string> | null;
}

export interface RealSbatch extends Disposable {
  read(script: string): Promise<SbatchReading>;
}

export const hasSbatch = spawnSync('sbatch', ['--help']).error === undefined;

/** sbatch with a configuration whose controller is nowhere: it reads the script, says what it read, and is ended there. */
export function openRealSbatch(): RealSbatch {
  const folder = mkdtempSync(path.join(tmpdir(), 'slipway-sbatch-'));
  const conf = path.join(folder, 'slurm.conf');
  writeFileSync(
    conf,
    'ClusterName=none\nSlurmctldHost=localhost(127.0.0.1)\nSlurmctldPort=1\nAuthType=auth/none\nSelectType=select/linear\nNodeName=n1 CPUs=1\nPartitionName=p Nodes=n1 Default=YES\n',
  );
  let serial = 0;
  return {
    read: (script) => {
      const file = path.join(folder, `${String((serial += 1))}.sh`);
      writeFileSync(file, script);
      const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:SBATCH|SLURM)_/.test(name)));
      const sbatch = spawn('sbatch', ['-vvvv', '--test-only', file], {
        env: { ...env, SLURM_CONF: conf },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      return new Promise((resolve, reject) => {
        let said = '';
        sbatch.stderr.setEncoding('utf8').on('data', (chunk: string) => {
          said += chunk;
          if (said.includes('end of defined options')) sbatch.kill('SIGKILL');
        });
        sbatch.on('error', reject);
        sbatch.on('close', () => resolve(readingOf(said)));
      });
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function readingOf(said: string): SbatchReading {
  const words = Array.from(
    said.matchAll(/^sbatch: debug2: Found in script, argument "(.*)"$/gm),
    (match) => match[1] ?? '',
  );
  const table = /^sbatch: defined options\n([\s\S]*?)^sbatch: end of defined options/m.exec(said)?.[1];
  if (table === undefined) return { words, options: null };
  const options = new Map(
    Array.from(
      table.matchAll(/^sbatch: ([a-z0-9-]+) *: (.*)$/gm),
      (match) => [match[1] ?? '', match[2] ?? ''] as const,
    ),
  );
  for (const ours of ['verbose', 'test-only']) options.delete(ours);
  return { words, options };
}
