import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import { FORKS } from '../../../../.dev/vitestForks.ts';

/** A sample of `npm run campaign -- fuzz`: another seed finds other things, the same one is the same for everybody. */
const SEED = 8;
const CALLS = 3000;
/** Calls with texts as long as they may be. */
const LONG = 40;

interface Ended {
  readonly code: number | null;
  readonly lines: readonly string[];
}

function runFuzz(): Promise<Ended> {
  const args = ['--seed', String(SEED), '--calls', String(CALLS), '--long', String(LONG), '--quiet'];
  // a process of its own: what leaks, throws or blocks there is its own too
  const child = spawn(process.execPath, [...FORKS.execArgv, path.join(import.meta.dirname, 'fuzz.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, lines: said.trimEnd().split('\n') }));
  });
}

it(
  'answers thousands of hostile and nearly good calls of all operations with an envelope, soon, and with nothing left over',
  { timeout: 300_000 },
  async () => {
    const { code, lines } = await runFuzz();
    expect(
      lines.filter((line) => !line.startsWith('worst holds:') && !line.startsWith('codes:')),
      'findings',
    ).toEqual([expect.stringMatching(/^seed 8: 3\d{3} calls, 0 internal errors, .* 0 findings, 0 left over, \d+ s$/)]);
    expect(code).toBe(0);
  },
);
