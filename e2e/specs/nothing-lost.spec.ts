import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '../fixtures.ts';
import { ROOT } from '../hosts.ts';
import { Shell } from '../pages/Shell.ts';

test.describe('nothing is lost', () => {
  test('the jobs of an older version are there after an update that says how far it is @electron-only', async ({
    slipway,
  }) => {
    await leaveOldStore(slipway.dataFolder, 12_000);
    const shell = new Shell(await slipway.open());
    await expect(shell.page.getByRole('heading', { name: /Updating the database, \d+ %/ })).toBeVisible();
    await shell.isReady();
    await shell.goTo('Jobs');
    await expect(shell.page.getByText('relax-lr-11999')).toBeVisible();
    const counted = await slipway.cli('call', 'jobs.list', '{"limit": 1}');
    expect((JSON.parse(counted.stdout) as { value: { total: number } }).value.total).toBe(12_000);
  });

  test('what was filled in is there again after a crash', async ({ slipway }) => {
    let shell = new Shell(await slipway.open());
    await shell.isReady();
    await shell.launch.field('Name').fill('draft-that-stays');
    await shell.launch.field('Who to greet').fill('the reader');
    await shell.launch.field('Who to greet').blur();
    await shell.launch.scriptShows('draft-that-stays');
    await shell.page.waitForTimeout(1500);
    await slipway.kill();

    shell = new Shell(await slipway.open());
    await expect(shell.launch.field('Name')).toHaveValue('draft-that-stays');
    await expect(shell.launch.field('Who to greet')).toHaveValue('the reader');
  });

  test('a program killed right after Submit has exactly one job when it comes back @slurm', async ({ slipway }) => {
    let shell = new Shell(await slipway.open());
    await shell.useCluster(slipway);
    await shell.launch.field('Run for').fill('5');
    await shell.launch.field('Run for').blur();
    await expect(shell.launch.submitButton).toBeEnabled();
    await shell.launch.submitButton.click();
    await expect(shell.launch.receipt).toBeVisible();
    // The demo's controller is part of the program: killed while it reads the request, it leaves a doubt that only a person can settle, as
    // a controller that crashes does. A real one lives on, and is asked at any moment.
    if (slipway.options.cluster === 'demo') await shell.launch.submitted();
    await slipway.kill();

    shell = new Shell(await slipway.open());
    // a cluster with jobs that are not over is connected by itself
    await shell.isReady();
    await shell.goTo('Jobs');
    await shell.jobs.stateOf('hello', 'completed');
    await expect(shell.jobs.row('hello')).toHaveCount(1);
    const status = await slipway.cli('call', 'jobs.list', '{}');
    const rows = (JSON.parse(status.stdout) as { value: { rows: { jobId: string | null }[] } }).value.rows;
    expect(rows).toHaveLength(1);
    expect(rows[0]?.jobId).toMatch(/^\d+$/);
  });
});

/** A data folder as a version of before has left it. */
async function leaveOldStore(dataFolder: string, jobs: number): Promise<void> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const program = `
    import { makeOldStore } from ${JSON.stringify(path.join(ROOT, 'main/store/testing/oldStore.ts'))};
    makeOldStore({ file: ${JSON.stringify(path.join(dataFolder, 'slipway.db'))}, jobs: ${String(jobs)}, scripts: ['#!/bin/bash'] });`;
  await promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', program], { cwd: ROOT });
}
