import { expect, test, type Slipway } from '../fixtures.ts';
import { Shell } from '../pages/Shell.ts';

/** Twelve tasks, three at a time; the one with index 4 fails, the last one writes until it is cancelled. */
const TEMPLATE = `template: {id: twelve, display_name: Twelve, version: 1.0.0}
slurm: {array: "0-11%3", ntasks: 1, mem: 64M, time: "00:10:00"}
script:
  main_exec: |
    echo "this is task $SLURM_ARRAY_TASK_ID"
    slipway_progress 50 "half of it"
    if [ "$SLURM_ARRAY_TASK_ID" = 4 ]; then echo "row 4 is empty" >&2; exit 3; fi
    if [ "$SLURM_ARRAY_TASK_ID" = 11 ]; then for i in $(seq 300); do echo "turn $i"; sleep 1; done; fi
`;

async function addTemplate(slipway: Slipway): Promise<void> {
  const saved = await slipway.cli(
    'call',
    'templates.save',
    JSON.stringify({ source: 'private', text: TEMPLATE, baseHash: null, broken: false }),
  );
  expect(saved).toMatchObject({ code: 0 });
}

test.describe('an array @slurm', () => {
  test('tells how its tasks stand, what each wrote, and which failed; one is cancelled alone', async ({ slipway }) => {
    test.setTimeout(240_000);
    const shell = new Shell(await slipway.open());
    await addTemplate(slipway);
    await shell.useCluster(slipway);
    const { launch, jobs, page } = shell;
    // an older job: the row that follows once the tasks are hidden
    await launch.chooseTemplate('hello');
    await launch.submit();
    await launch.chooseTemplate('twelve');
    const { jobId } = await launch.submit();

    // Launch: how they stand, and the output of the first that runs
    await expect(launch.liveJob.getByTestId('task-counts').first()).toContainText('of 12', { timeout: 60_000 });
    await expect(launch.liveJob.getByTestId('job-log')).toContainText(/this is task \d+/, { timeout: 60_000 });

    await page.getByRole('button', { name: 'Open in Jobs' }).click();
    await expect(jobs.counted('twelve', 'ok')).toHaveText('10', { timeout: 120_000 });
    await expect(jobs.counted('twelve', 'bad')).toHaveText('1');
    await expect(jobs.counted('twelve', 'running')).toHaveText('1');

    // by keyboard: into the run, down its tasks, and out again
    await jobs.row('twelve').first().click();
    await jobs.table.getByRole('treegrid').press('ArrowRight');
    await expect(jobs.taskRow(4).getByTestId('state')).toHaveText('failed');
    await expect(jobs.taskRow(4)).toContainText('exit 3');
    await expect(jobs.taskRow(5).getByTestId('state')).toHaveText('completed');
    await jobs.table.getByRole('treegrid').press('ArrowRight');
    await expect(jobs.detail.getByRole('heading', { name: 'twelve · task 0' })).toBeVisible();
    await jobs.table.getByRole('treegrid').press('ArrowLeft');
    await expect(jobs.detail.getByRole('heading', { name: 'twelve', exact: true })).toBeVisible();

    // what failed stands first, and its own errors with it
    await jobs.showTab('Overview');
    await expect(jobs.end).toContainText('Task 4');
    await expect(jobs.end).toContainText('exit code 3');
    await expect(jobs.end.getByTestId('job-end-lines')).toContainText('row 4 is empty');
    await jobs.showTab('Log');
    const log = jobs.detail.getByTestId('job-log');
    await expect(log).toHaveAttribute('data-task', '4');
    await expect(log).toContainText('this is task 4');
    await jobs.detail.getByTestId('tasks-table').locator('[data-key="0"]').click();
    await expect(log).toHaveAttribute('data-task', '0');
    await expect(log).toContainText('this is task 0');
    await jobs.detail.getByRole('button', { name: 'First that failed' }).click();
    await expect(log).toContainText('this is task 4');

    // one task alone
    await jobs.taskRow(11).scrollIntoViewIfNeeded();
    await jobs.taskRow(11).click();
    await jobs.showTab('Overview');
    await expect(jobs.detail).toContainText(`${jobId}_11`);
    await expect(jobs.detail.getByTestId('task-overview')).toContainText('half of it');
    await jobs.detail.getByRole('button', { name: 'Cancel this task' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel this task' }).click();
    await expect(jobs.taskRow(11).getByTestId('state')).toHaveText('cancelled', { timeout: 60_000 });
    await expect(jobs.counted('twelve', 'cancelled')).toHaveText('1', { timeout: 60_000 });
    await expect(jobs.counted('twelve', 'ok')).toHaveText('10');

    // hidden by the mouse while one of them is marked: the keyboard goes on from their run
    await jobs.table.hover();
    await page.mouse.wheel(0, -2000);
    await jobs.table.getByRole('button', { name: 'Hide the tasks of twelve' }).click();
    await expect(jobs.taskRow(0)).toBeHidden();
    await page.keyboard.press('ArrowRight');
    await expect(jobs.taskRow(0)).toBeVisible();

    await jobs.row('twelve').first().click();
    await jobs.table.getByRole('treegrid').press('ArrowLeft');
    await expect(jobs.taskRow(0)).toBeHidden();
  });
});
