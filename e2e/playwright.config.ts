import { existsSync } from 'node:fs';
import { defineConfig, type Project } from '@playwright/test';
import type { JourneyOptions } from './fixtures.ts';

/** Electron's binary for the journeys: the official one where it is installed, or the test runtime. */
function electronIsThere(): boolean {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  return override !== undefined
    ? existsSync(override)
    : existsSync(new URL('../node_modules/electron/dist', import.meta.url));
}

const CHROMIUM = process.env['SLIPWAY_CHROMIUM'] ?? '/usr/bin/chromium';

/** Journeys of the demo cluster run in every host; those tagged @slurm run on a real Slurm too. */
const projects: Project<JourneyOptions>[] = [
  { name: 'browser-demo', use: { host: 'browser', cluster: 'demo' }, grepInvert: /@electron-only/ },
  { name: 'browser-slurm', use: { host: 'browser', cluster: 'slurm' }, grep: /@slurm/, grepInvert: /@electron-only/ },
];
if (electronIsThere()) {
  projects.push(
    { name: 'electron-demo', use: { host: 'electron', cluster: 'demo' }, grepInvert: /@browser-only/ },
    {
      name: 'electron-slurm',
      use: { host: 'electron', cluster: 'slurm' },
      grep: /@slurm/,
      grepInvert: /@browser-only/,
    },
  );
} else {
  process.stderr.write('Not run: the journeys in Electron (no Electron binary here; in CI see .ci/run).\n');
  if (process.env['CI'] === 'true') throw new Error('CI runs the journeys in Electron, and there is none');
}

export default defineConfig<JourneyOptions>({
  testDir: 'specs',
  outputDir: '../test-results/e2e',
  globalSetup: './clusterSetup.ts',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json']],
  use: {
    launchOptions: {
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
    viewport: { width: 1440, height: 900 },
    // without its film, which is drawn for each test and thrown away for nearly all
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
  },
  projects,
});
