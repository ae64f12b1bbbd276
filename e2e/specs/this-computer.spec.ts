import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '../fixtures.ts';
import { Shell } from '../pages/Shell.ts';

test.describe('what Slipway does on this computer', () => {
  test('is said once, outside of the page, before a job of the demo runs here @electron-only', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await slipway.answerDialogs({ button: 1 });
    await shell.launch.submitButton.click();
    await expect(shell.page.getByText('you declined that').first()).toBeVisible();
    expect(await slipway.dialogs()).toEqual(['The demo cluster is this computer.']);

    await slipway.answerDialogs({ button: 0 });
    await shell.launch.field('Run for').fill('1');
    await shell.launch.submit();
    await shell.launch.jobReaches('completed');
    expect(await slipway.dialogs()).toHaveLength(2);
    await slipway.reopen();
    const again = new Shell(slipway.page);
    await again.isReady();
    await again.launch.submit();
    expect(await slipway.dialogs()).toEqual([]);
  });

  test('a shared folder is chosen in a dialog of the system, and a typed one is refused with the way to it @electron-only', async ({
    slipway,
  }) => {
    const shell = new Shell(await slipway.open());
    await shell.goTo('Settings');
    const folder = path.join(path.dirname(slipway.dataFolder), 'shared');
    await mkdir(folder);
    const field = shell.page.getByLabel('Shared templates folder');
    await field.fill(folder);
    await field.press('Enter');
    await expect(shell.page.getByText('you have not chosen it yet').first()).toBeVisible();
    await expect(shell.page.getByText('Browse… button').first()).toBeVisible();

    await slipway.answerDialogs({ file: folder });
    await shell.page.getByRole('button', { name: 'Browse…' }).last().click();
    await expect(field).toHaveValue(folder);
    await expect(shell.page.getByText('you have not chosen it yet')).toHaveCount(0);
    expect(await slipway.dialogs()).toEqual(['Choose a folder of templates']);
  });

  test('in a browser the refusal names the command, and the command lets it in @browser-only', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.goTo('Settings');
    const folder = path.join(path.dirname(slipway.dataFolder), 'shared');
    await mkdir(folder);
    await writeFile(path.join(folder, 'note.txt'), '');
    const field = shell.page.getByLabel('Shared templates folder');
    await field.fill(folder);
    await field.press('Enter');
    await expect(
      shell.page
        .getByText(` allow templates ${folder}`)
        .or(shell.page.getByText(` allow templates '${folder}'`))
        .first(),
    ).toBeVisible();
    expect(await slipway.cli('allow', 'templates', folder)).toMatchObject({ code: 0 });
    await field.press('Enter');
    await expect(shell.page.getByText('you have not chosen it yet')).toHaveCount(0);
  });

  test('a link shows a template and does nothing else @electron-only', async ({ slipway }) => {
    const shell = new Shell(await slipway.open('slipway://template/python'));
    await expect(shell.page.getByTestId('template-python')).toHaveAttribute('aria-selected', 'true');

    await slipway.startAgain('slipway://template/mpi');
    await expect(shell.page.getByTestId('template-mpi')).toHaveAttribute('aria-selected', 'true');
    for (const link of ['slipway://template/no-such', 'slipway://submit/mpi']) await slipway.startAgain(link);
    await expect
      .poll(() => slipway.dialogs())
      .toEqual([
        expect.stringContaining('There is no template “no-such”'),
        expect.stringContaining('This link is none that Slipway opens'),
      ]);
    await expect(shell.page.getByTestId('template-mpi')).toHaveAttribute('aria-selected', 'true');
    await shell.goTo('Jobs');
    expect(JSON.parse((await slipway.cli('call', 'jobs.list')).stdout)).toMatchObject({ value: { total: 0 } });
  });
});
