import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { Slipway } from '../fixtures.ts';
import { expect, test } from '../fixtures.ts';
import { Shell } from '../pages/Shell.ts';

/** What axe finds on the page in the light and the dark theme. */
async function barriers(slipway: Slipway, page: Page): Promise<string[]> {
  if (slipway.options.host !== 'browser') return [];
  const found: string[] = [];
  for (const theme of ['dark', 'contrast', 'light']) {
    await slipway.cli('call', 'settings.update', JSON.stringify({ changes: { theme } }));
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    await page.waitForTimeout(400);
    const { violations } = await new AxeBuilder({ page }).analyze();
    found.push(...violations.map(({ id, nodes }) => `${theme} ${id}: ${nodes.map(({ html }) => html).join(' | ')}`));
  }
  return found;
}

/** A private template whose script is these lines. */
async function saveTemplate(slipway: Slipway, id: string, lines: readonly string[]): Promise<void> {
  const text = [
    'template:',
    `  id: ${id}`,
    `  display_name: "${id}"`,
    '  category: custom',
    '  version: "1.0.0"',
    'parameters:',
    '  - { name: steps, type: integer, label: "Number of steps", unit: rounds, default: 3 }',
    'slurm:',
    '  nodes: 1',
    '  cpus_per_task: 1',
    '  mem: 200M',
    '  time: "00:05:00"',
    'script:',
    '  main_exec: |',
    '    : "$PARAM_STEPS"',
    ...lines.map((line) => `    ${line}`),
    '',
  ].join('\n');
  const saved = await slipway.cli('call', 'templates.save', JSON.stringify({ source: 'private', text }));
  expect(saved.code, saved.stderr).toBe(0);
}

async function submit(
  slipway: Slipway,
  templateId: string,
  jobName: string,
  resources: Record<string, unknown> = {},
): Promise<{ jobId: string; runId: string }> {
  const draft = {
    clusterId: slipway.clusterId,
    templateId,
    templateSource: 'private',
    jobName,
    parameters: {},
    resources,
    imagePath: null,
    files: [],
  };
  const answer = await slipway.cli('call', 'jobs.submit', JSON.stringify({ wait: true, draft }));
  return (JSON.parse(answer.stdout) as { value: { jobId: string; runId: string } }).value;
}

test.describe('what became of a job @slurm', () => {
  test('one that failed shows its end first: last lines, likely cause, next step', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.useCluster(slipway);
    await saveTemplate(slipway, 'missing-command', ['echo before', 'nosuch_solver --run']);
    const { launch, jobs } = shell;
    await launch.chooseTemplate('missing-command');
    await launch.submit();
    await launch.jobReaches('failed');

    await expect(launch.jobEnd).toHaveAttribute('data-cause', 'commandMissing');
    await expect(launch.jobEnd).toContainText('exit code 127');
    await expect(launch.jobEnd).toContainText('the command nosuch_solver was not found');
    await expect(launch.jobEnd).toContainText('load the module that brings it');
    await expect(launch.jobEnd.getByTestId('job-end-lines')).toContainText('nosuch_solver');
    await expect(launch.receipt).not.toContainText('so far');
    expect(await barriers(slipway, shell.page)).toEqual([]);
    // how it was submitted is one line, which unfolds
    await expect(launch.receipt.getByTestId('step-sbatch')).toHaveCount(0);
    await expect(launch.submission).toContainText(/Submitted in \d+\.\d s/);
    await launch.submission.click();
    await expect(launch.receipt.getByTestId('step-sbatch')).toBeVisible();

    await launch.jobEnd.getByRole('button', { name: 'Show the whole log' }).click();
    await expect(jobs.end).toHaveAttribute('data-cause', 'commandMissing');
    // names for people, and Slurm's partition though none was asked for
    await expect(jobs.detail).toContainText('Number of steps');
    await expect(jobs.detail).toContainText('3 rounds');
    await expect(jobs.detail).toContainText('CPUs per task');
    await expect(jobs.detail).not.toContainText('cpus_per_task');
    await expect(jobs.row('missing-command')).toContainText('normal');
    await expect(jobs.detail).not.toContainText('in a moment');
  });

  test('one that can never start says so, and is cancelled from there', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.useCluster(slipway);
    await saveTemplate(slipway, 'fails', ['exit 3']);
    const first = await submit(slipway, 'fails', 'comes-first', { hold: true });
    const second = await submit(slipway, 'fails', 'comes-second', { dependency: `afterok:${first.jobId}` });
    await shell.goTo('Jobs');
    const { jobs } = shell;
    await expect(jobs.row('comes-first')).toContainText('Held: it waits until you release it.');
    await jobs.open('comes-first');
    await expect(jobs.why).toContainText(`scontrol release ${first.jobId}`);
    await jobs.open('comes-second');
    await expect(jobs.why).toContainText(`It waits for job ${first.jobId}.`);

    await jobs.open('comes-first');
    await jobs.why.getByRole('button', { name: 'Cancel the job' }).click();
    await shell.page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the job' }).click();
    await jobs.stateOf('comes-first', 'cancelled');
    await expect(jobs.row('comes-first')).not.toContainText(/by \d/);
    await expect(jobs.detail).not.toContainText('Exit code');

    await jobs.open('comes-second');
    await expect(jobs.why).toHaveAttribute('data-kind', 'never', { timeout: 60_000 });
    await expect(jobs.why).toContainText(`Will never start: job ${first.jobId} did not end as it must.`);
    await expect(jobs.row('comes-second')).not.toContainText('DependencyNeverSatisfied');
    expect(await barriers(slipway, shell.page)).toEqual([]);
    await jobs.why.getByRole('button', { name: 'Cancel the job' }).click();
    await shell.page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the job' }).click();
    await jobs.stateOf('comes-second', 'cancelled');
    expect(second.jobId).not.toBe(first.jobId);
  });

  test('one on a cluster that is not connected is shown as it was, and when that was', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.useCluster(slipway);
    await saveTemplate(slipway, 'sleeper', ['sleep 300']);
    const { runId } = await submit(slipway, 'sleeper', 'goes-on');
    await shell.goTo('Jobs');
    const { jobs } = shell;
    await jobs.stateOf('goes-on', 'running');
    await jobs.open('goes-on');
    await slipway.cli('call', 'clusters.disconnect', JSON.stringify({ clusterId: slipway.clusterId }));

    await expect(jobs.row('goes-on').getByTestId('as-of')).toHaveText(/^as of \d\d:\d\d$/);
    await expect(jobs.notConnected).toContainText(
      /Last known: running, as of \d\d:\d\d\. What the job does now is not known/,
    );
    await expect(shell.page.getByTestId('status-counts')).toContainText('last known: 1 running');
    await jobs.detail.getByRole('button', { name: 'Cancel the job' }).click();
    const dialog = shell.page.getByRole('dialog');
    await expect(dialog).toContainText('cannot be cancelled now');
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await jobs.showTab('Log');
    await expect(jobs.detail.getByRole('button', { name: 'Try again' })).toHaveCount(0);
    await expect(jobs.detail.getByRole('button', { name: 'Connect' })).toBeVisible();
    await jobs.showTab('Overview');

    await jobs.notConnected.getByRole('button', { name: 'Connect' }).click();
    await expect(jobs.notConnected).toHaveCount(0, { timeout: 60_000 });
    await expect(jobs.row('goes-on').getByTestId('as-of')).toHaveCount(0);
    await slipway.cli('call', 'jobs.cancel', JSON.stringify({ runId }));
    await jobs.stateOf('goes-on', 'cancelled');
  });
});
