import { expect, test } from '../fixtures.ts';
import { Shell } from '../pages/Shell.ts';

/** The journey that the program exists for; in every host and on every cluster. */
test.describe('the first job @slurm', () => {
  test('from a template to a finished job with its output', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.useCluster(slipway);
    const { launch } = shell;

    // first start: the sample is chosen, nothing is in the way
    await expect(shell.page.getByTestId('template-hello')).toHaveAttribute('aria-selected', 'true');
    await launch.field('Who to greet').fill('Ada O’Lovelace $(id)');
    await launch.field('Run for').fill('4');
    await launch.field('Run for').blur();
    await launch.scriptShows('PARAM_SECONDS=4');
    // the demo has example rates, a cluster of one's own has none until somebody sets them
    await expect(launch.cost).toContainText(slipway.options.cluster === 'demo' ? '$' : 'no rates set');

    const { jobId } = await launch.submit();
    expect(jobId).toMatch(/^\d+$/);
    await launch.jobReaches('completed');
    await expect(launch.liveJob).toContainText('Hello, Ada O’Lovelace $(id)!');

    await shell.page.getByRole('button', { name: 'Open in Jobs' }).click();
    await expect(shell.jobs.detail).toContainText(jobId);
    await shell.jobs.showTab('Log');
    await expect(shell.jobs.detail.getByTestId('log')).toContainText('Hello, Ada O’Lovelace $(id)!');
    await shell.jobs.showTab('Events');
    await expect(shell.jobs.detail).toContainText(/completed/i);
  });

  // Electron keeps no times of what its own scheme loads, by which the test sees that the receipt is there
  test('the receipt takes the place of the script at once, with nothing in between @browser-only', async ({
    slipway,
  }) => {
    const shell = new Shell(await slipway.open());
    await shell.useCluster(slipway);
    const { page } = shell;
    await expect(shell.launch.submitButton).toBeEnabled();
    await page.waitForFunction(() =>
      performance.getEntriesByType('resource').some(({ name }) => name.includes('/Receipt-') && name.endsWith('.js')),
    );

    const seen = page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const observer = new MutationObserver(() => {
            const isThere = document.querySelector('[data-testid="receipt"]') !== null;
            if (!isThere && document.querySelector('.skeleton') === null) return;
            observer.disconnect();
            resolve(isThere ? 'receipt' : 'placeholder');
          });
          observer.observe(document.body, { childList: true, subtree: true });
        }),
    );
    await shell.launch.submitButton.click();
    expect(await seen).toBe('receipt');
  });

  test('a script of one’s own goes up, is verified, and runs', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.useCluster(slipway);
    const { launch } = shell;
    await launch.chooseTemplate('python');
    await expect(launch.obstacle).toContainText('problem');

    const name = "my $(touch pwned) 'script' é.py";
    await launch.addFile(slipway, name, 'print("sum", sum(range(10)))\n');
    await expect(launch.page.getByTestId(/^slot-/).filter({ hasText: name })).toBeVisible();
    await launch.submit();
    await launch.jobReaches('completed');
    await expect(launch.liveJob).toContainText('sum 45');
  });

  test('a running job is cancelled, and says so', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.useCluster(slipway);
    const { launch } = shell;
    await launch.field('Run for').fill('120');
    await launch.field('Run for').blur();
    await launch.submit();
    await launch.jobReaches('running');
    await launch.receipt.getByRole('button', { name: 'Cancel the job' }).click();
    await shell.page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the job' }).click();
    await launch.jobReaches('cancelled');
  });

  test('a job that ended while Slipway was closed is found with its true end', async ({ slipway }) => {
    let shell = new Shell(await slipway.open());
    await shell.useCluster(slipway);
    await shell.launch.field('Run for').fill('6');
    await shell.launch.field('Run for').blur();
    const { jobId } = await shell.launch.submit();
    await slipway.close();
    await new Promise((resolve) => setTimeout(resolve, 9000));

    shell = new Shell(await slipway.open());
    // a cluster with jobs that are not over is connected by itself
    await shell.isReady();
    await shell.goTo('Jobs');
    await shell.jobs.stateOf('hello', 'completed');
    await shell.jobs.open('hello');
    await expect(shell.jobs.detail).toContainText(jobId);
  });
});
