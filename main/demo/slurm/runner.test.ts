import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { attemptStatus, RUNNER } from './runner.ts';

it('holds nothing open that the program had open: a job outlives the window', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-runner-'));
  const runner = path.join(folder, 'job-runner');
  const release = path.join(folder, 'release');
  const script = path.join(folder, 'script');
  await writeFile(runner, RUNNER);
  await writeFile(script, `#!/bin/bash\nwhile [ ! -e ${release} ]; do sleep 0.05; done\nexit 3\n`, { mode: 0o700 });
  // 3 and 4 stand for what Chromium leaves open; node closes its own before it starts a process
  const child = spawn('bash', ['-p', runner, folder, script], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const exited = once(child, 'exit');
  await Promise.all([3, 4].map((descriptor) => once((child.stdio[descriptor] as Readable).resume(), 'close')));
  await expect
    .poll(() => attemptStatus(folder))
    .toMatchObject({ kind: 'claimed', group: expect.any(Number) as number });
  await writeFile(release, '');
  await exited;
  expect(attemptStatus(folder)).toMatchObject({ kind: 'ended', end: { exitCode: 3, signal: 0 } });
  await rm(folder, { recursive: true });
});
