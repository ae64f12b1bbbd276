import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { FORKS } from './vitestForks.ts';

/** Unit and integration tests stand beside the code they test. Suites that need a real Slurm live in e2e/. */
export default defineConfig({
  test: {
    include: ['{main,renderer,preload,shared}/**/*.test.{ts,tsx}', '.dev/*.test.mjs'],
    environment: 'node',
    // for what hangs; stages run side by side, and a machine may be busy
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: FORKS.pool,
    execArgv: [...FORKS.execArgv],
    // much of it waits for servers and timers; without this one processor is left idle
    maxWorkers: availableParallelism(),
    unstubEnvs: true,
  },
});
