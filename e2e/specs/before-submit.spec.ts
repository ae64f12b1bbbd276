import { expect, test, type Slipway } from '../fixtures.ts';
import { Shell } from '../pages/Shell.ts';

/** What stands beside Submit is true: the price, the start, and which value counts. */
test.describe('before a job is submitted', () => {
  test('a new cluster has no price until somebody sets one, and the way to it stands in its place', async ({
    slipway,
  }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await expect(shell.launch.cost).toContainText('$');
    expect(
      await slipway.cli(
        'cluster',
        'add',
        'mine',
        '--name',
        'My site',
        '--host',
        '127.0.0.1',
        '--port',
        '1',
        '--user',
        'ada',
      ),
    ).toMatchObject({ code: 0 });
    await shell.switchTo('My site');
    await expect(shell.launch.cost).toHaveText('no rates set');
    const { stderr } = await slipway.cli('script', '--template', 'hello', '--cluster', 'mine');
    expect(stderr).toContain('no rates set for this cluster');

    await shell.page.getByRole('button', { name: 'Set rates' }).click();
    const nodeHour = shell.page.getByTestId('cluster-form').getByRole('textbox', { name: 'Node-hour' });
    await expect(nodeHour).toBeFocused();
    await expect(nodeHour).toHaveValue('');
    await nodeHour.fill('2');
    await shell.page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(shell.page.getByTestId('cluster-form')).toBeHidden();
    await shell.goTo('Launch');
    await expect(shell.launch.cost).toHaveText(/≤ \$0\.33/);
  });

  test('the lines by which Slipway follows a job are one line in its script, which opens', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await shell.launch.scriptShows('lines by which Slipway follows the job');
    await shell.launch.scriptShows('# --- Main ---');
    await expect(shell.launch.script).not.toContainText('slipway_exit');
    // what is set in the form moves the lines, and leaves them closed
    await shell.launch.field('Memory per node').fill('');
    await shell.launch.field('Memory per node').blur();
    await expect(shell.launch.script).not.toContainText('--mem=');
    await expect(shell.launch.script).not.toContainText('slipway_exit');
    await shell.launch.openFold('unset SBATCH_IGNORE_PBS');
    // writing in it opens it as it was first shown
    await shell.page.getByTestId('edit-script').click();
    await shell.launch.scriptShows('lines by which Slipway follows the job');
    await expect(shell.launch.script).not.toContainText('slipway_exit');
  });

  test('a start is said of what would start, and only while it is known', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    const start = shell.page.getByTestId('expected-start');
    await expect(start).toHaveText('now', { timeout: 30_000 });
    expect(await start.evaluate(({ tagName }) => tagName)).toBe('STRONG');

    await shell.launch.field('Time limit').fill('48:00:00');
    await shell.launch.field('Time limit').blur();
    await expect(shell.launch.obstacle).toContainText('1 problem');
    await expect(start).toBeHidden();
    await expect(shell.page.getByText('not as it stands')).toBeVisible();

    await shell.launch.field('Time limit').fill('00:10:00');
    await shell.launch.field('Time limit').blur();
    await expect(start).toHaveText('now');
    expect(await slipway.cli('call', 'clusters.disconnect', JSON.stringify({ clusterId: 'demo' }))).toMatchObject({
      code: 0,
    });
    await expect(start).toHaveText(/^now \(as of .+\)$/);
    expect(await start.evaluate(({ tagName }) => tagName)).toBe('SPAN');
  });

  /** The draft of the first template with its script edited by hand, as it was left the day before. */
  const edited = async (slipway: Slipway, from: string, to: string): Promise<void> => {
    const draft = {
      clusterId: 'demo',
      templateId: 'hello',
      templateSource: 'official',
      jobName: 'hello',
      parameters: {},
      resources: {},
      imagePath: null,
      files: [],
    };
    const { stdout } = await slipway.cli('call', 'scripts.preview', JSON.stringify({ draft }));
    const { value } = JSON.parse(stdout) as { value: { text: string } };
    const { text } = value;
    expect(text).toContain(from);
    await slipway.cli(
      'call',
      'drafts.save',
      JSON.stringify({ draft: { ...draft, edits: [{ file: null, base: text, mine: text.replace(from, to) }] } }),
    );
  };

  test('a value that was changed by hand in the script is shown beside the form’s, and taken with one click', async ({
    slipway,
  }) => {
    await edited(slipway, '--time=00:10:00', '--time=7');
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    const launch = shell.page.getByTestId('launch');
    const field = launch.locator('[data-field="resources.time"]');
    await expect(field).toContainText('7 min there, 10 min here');
    await field.getByRole('button', { name: 'Take 7 min' }).click();
    await expect(shell.launch.field('Time limit')).toHaveValue('7');
    await expect(launch.getByText('7 min there')).toHaveCount(0);
    await expect(shell.launch.submitButton).toBeEnabled();
  });

  test('a value that cannot be used is marked at its field, and the form’s is put back with one click', async ({
    slipway,
  }) => {
    await edited(slipway, '--time=00:10:00', '--time=forever');
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    const field = shell.page.getByTestId('launch').locator('[data-field="resources.time"]');
    await expect(field).toContainText(/line \d+: --time/);
    await expect(shell.launch.obstacle).toContainText('1 problem');
    await field.getByRole('button', { name: 'Put 10 min back' }).click();
    await expect(shell.launch.submitButton).toBeEnabled();
    await shell.launch.scriptShows('--time=00:10:00');
  });
});
