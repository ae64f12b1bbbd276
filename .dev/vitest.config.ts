import { defineConfig } from 'vitest/config';
import { FORKS } from './vitestForks.ts';

/** Unit and integration tests stand beside the code they test. Suites that need a real Slurm live in e2e/. */
export default defineConfig({
  test: {
    include: ['{main,renderer,preload,shared}/**/*.test.{ts,tsx}'],
    environment: 'node',
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: FORKS.pool,
    execArgv: [...FORKS.execArgv],
    unstubEnvs: true,
  },
});
