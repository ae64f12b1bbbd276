import { defineConfig } from 'vitest/config';
import { FORKS } from '../../.dev/vitestForks.ts';

/** The same checks against the demo cluster and against a real Slurm, through the real ssh adapter. */
export default defineConfig({
  test: {
    include: ['e2e/contract/*.contract.ts'],
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: FORKS.pool,
    execArgv: [...FORKS.execArgv],
    // both clusters are shared by the files, and their queues are what is looked at
    fileParallelism: false,
    // tests that say so wait side by side for limits of their clusters
    maxConcurrency: 16,
  },
});
