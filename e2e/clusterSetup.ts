import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FullConfig } from '@playwright/test';

const CONTROL = path.join(import.meta.dirname, 'cluster', 'cluster.mjs');
export const CLUSTER_FILE = path.join(import.meta.dirname, '..', 'test-results', 'cluster.json');

/**
 * Brings up the real Slurm once, when a project of this run needs it, and takes it down at the end. One that SLIPWAY_CLUSTER describes
 * (the line that `cluster.mjs up` prints) is used instead, and stays.
 */
export default function setUp(config: FullConfig): (() => void) | undefined {
  const asked = process.argv.flatMap((argument, index, all) =>
    argument === '--project'
      ? [all[index + 1] ?? '']
      : argument.startsWith('--project=')
        ? [argument.slice('--project='.length)]
        : [],
  );
  const isAsked = (name: string): boolean =>
    asked.length === 0 || asked.some((pattern) => path.matchesGlob(name, pattern));
  if (!config.projects.some(({ name }) => name.endsWith('-slurm') && isAsked(name))) return undefined;
  mkdirSync(path.dirname(CLUSTER_FILE), { recursive: true });
  const given = process.env['SLIPWAY_CLUSTER'];
  if (given !== undefined && given !== '') {
    writeFileSync(CLUSTER_FILE, given);
    return undefined;
  }
  const answer = execFileSync(process.execPath, [CONTROL, 'up'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 300_000,
  });
  writeFileSync(CLUSTER_FILE, answer.trim().split('\n').at(-1) ?? '');
  return () => {
    execFileSync(process.execPath, [CONTROL, 'down'], { stdio: ['ignore', 'inherit', 'inherit'], timeout: 120_000 });
  };
}
