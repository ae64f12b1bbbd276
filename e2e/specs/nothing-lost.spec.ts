import { expect, test } from '../fixtures.ts';
import { Shell } from '../pages/Shell.ts';

test.describe('nothing is lost', () => {
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
