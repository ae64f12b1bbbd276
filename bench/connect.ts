import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium } from '@playwright/test';
import { serve } from '../e2e/hosts.ts';
import { median, quantile, timeInTurn, type Figure } from './measure.ts';
import { benchProfile, realCluster, sshOptions } from './realCluster.ts';

const run = promisify(execFile);
const RUNS = 15;

/**
 * From pressing Connect to the partitions on the screen, in a real page, against `ssh host sinfo`. Nothing is known of the cluster
 * before: each run begins with a fresh profile.
 */
export async function connecting(root: string): Promise<Figure[]> {
  const cluster = realCluster(root);
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-connect-bench-'));
  const server = await serve(path.join(folder, 'data'), folder);
  const browser = await chromium.launch({
    executablePath: process.env['SLIPWAY_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(server.url);
    const partitions = page.getByTestId('partitions').getByRole('img').first();
    const elapsed: number[] = [];
    // where keys usually lie: nobody grants another place to this server
    const key = path.join(folder, '.ssh', 'id_bench');
    await mkdir(path.dirname(key), { mode: 0o700 });
    await copyFile(cluster.privateKeyPath, key);
    const slipway = async (attempt: number): Promise<void> => {
      // another name each time: the page remembers what it was told of one
      const profile = { ...benchProfile({ ...cluster, privateKeyPath: key }), id: `bench${String(attempt + 1)}` };
      await server.call('clusters.save', { profile });
      await page.evaluate((id) => (location.hash = `#/clusters/${id}`), profile.id);
      const connect = page.getByTestId('cluster-detail').getByRole('button', { name: 'Connect', exact: true });
      await connect.waitFor();
      const since = performance.now();
      await connect.click();
      // the first run asks about the host key
      if (attempt < 0) await page.getByRole('dialog').getByRole('button', { name: 'It is right: connect' }).click();
      await partitions.waitFor();
      if (attempt >= 0) elapsed.push(performance.now() - since);
      await server.call('clusters.remove', { clusterId: profile.id });
      await page.evaluate(() => (location.hash = '#/clusters/demo'));
    };
    const ssh = [...sshOptions(cluster, folder), `${cluster.user}@${cluster.host}`, 'bash -lc sinfo'];
    const { b } = await timeInTurn(RUNS, slipway, () => run('ssh', ssh));
    return [
      {
        name: 'Connect to partitions on screen',
        unit: 'ms',
        median: median(elapsed),
        p95: quantile(elapsed, 0.95),
        samples: elapsed.length,
        baseline: { name: 'ssh host sinfo', median: median(b) },
        goal: 'at most 1.5 times one command of ssh',
        met: median(elapsed) <= 1.5 * median(b),
      },
    ];
  } finally {
    await browser.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    cluster.down();
  }
}
