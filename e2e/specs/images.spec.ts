import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Slipway } from '../fixtures.ts';
import { ClustersScreen } from '../pages/ClustersScreen.ts';
import { Shell } from '../pages/Shell.ts';

/** It takes two of the images, and lets a person look at the others. */
const FIXED = `
template: { id: two-images, display_name: Two images, category: custom }
slurm: { ntasks: 1, time: "00:05:00", mem: 256M }
apptainer: { mode: fixed, allowed_images: [gromacs.sif, paraview.sif], user_selectable: true }
script:
  main_exec: apptainer exec "$APPTAINER_IMAGE" true
`;

const TEMPLATE = `
template: { id: in-an-image, display_name: In an image, category: custom }
slurm: { ntasks: 1, time: "00:05:00", mem: 256M }
apptainer: { mode: any }
script:
  main_exec: apptainer exec "$APPTAINER_IMAGE" echo "ran in $(basename "$APPTAINER_IMAGE")"
`;

async function addTemplate(slipway: Slipway, text: string): Promise<void> {
  const saved = await slipway.cli('call', 'templates.save', JSON.stringify({ source: 'private', text }));
  expect(saved, saved.stderr).toMatchObject({ code: 0 });
}

async function withoutAxeFindings(shell: Shell, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page: shell.page })
    // within the page: the other way opens a page of its own, which Electron cannot
    .setLegacyMode()
    // an open popover stands beside the landmarks of the page, which are hidden as long as it is open
    .disableRules(where === 'picker' ? ['region'] : [])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${where} ${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
}

test.describe('images', () => {
  test('are found, looked into and compared, and a job runs in the one that was chosen', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    const { images, launch, page } = shell;
    await shell.isReady();
    await addTemplate(slipway, TEMPLATE);
    await shell.goTo('Images');
    await expect(images.total).toHaveText('8 images');
    await expect(images.status).toContainText('2 folders');

    await images.filter('gmx_mpi 4.1.5');
    await expect(images.total).toHaveText('1 image');
    await images.open('gromacs.sif');
    await expect(images.facts).toContainText('2024.4');
    await expect(images.facts).toContainText('in none of your runs');
    await expect(images.sheet.getByTestId('image-apps')).toContainText('gmx_mpi');
    await expect(images.sheet.getByTestId('image-labels')).toContainText('ubuntu:22.04');
    await withoutAxeFindings(shell, 'details');
    await images.filter('');

    const path = await images.sheet.locator('.image-path .mono').innerText();
    await images.sheet.getByRole('button', { name: 'Compute the digest' }).click();
    await expect(images.facts).toContainText(
      `sha256:${createHash('sha256')
        .update(await readFile(path))
        .digest('hex')}`,
    );

    await images.choose('Ask the cluster’s apptainer');
    await expect(images.facts).toContainText(/Asked\s*apptainer/);

    await images.choose('Compare with another…');
    await page.getByRole('combobox', { name: 'gromacs.sif with' }).fill(path.replace('gromacs', 'openfoam'));
    await page.keyboard.press('Tab');
    await expect(images.difference('Version')).toHaveText(/2024\.4\s*2406/);
    await expect(images.comparison.getByTestId('image-same')).toContainText('Architecture');
    await withoutAxeFindings(shell, 'comparison');
    await page.getByRole('button', { name: 'Close', exact: true }).click();

    await shell.goTo('Launch');
    await launch.chooseTemplate('in-an-image');
    await expect(launch.image).toContainText('Choose');
    await shell.goTo('Images');
    await images.open('gromacs.sif');
    await images.sheet.getByRole('button', { name: 'Use in Launch' }).click();
    await expect(launch.image).toContainText('gromacs.sif');
    await launch.scriptShows(`APPTAINER_IMAGE=${path}`);
    await launch.submit();
    await launch.jobReaches('completed');

    await shell.goTo('Images');
    await images.open('gromacs.sif');
    await expect(images.facts).toContainText('in 1 run');
    await expect(images.facts.getByRole('link', { name: 'in-an-image' })).toBeVisible();
  });

  test('are chosen in a form with the keyboard alone, with what a template does not take said to be so', async ({
    slipway,
  }) => {
    const shell = new Shell(await slipway.open());
    const { launch, page } = shell;
    await shell.isReady();
    await addTemplate(slipway, FIXED);
    await launch.chooseTemplate('two-images');
    await expect(launch.image).toContainText('gromacs.sif');
    await launch.image.focus();
    await page.keyboard.press('Enter');
    const picker = page.getByTestId('image-picker');
    await expect(picker.getByRole('combobox')).toBeFocused();
    await page.keyboard.type('openfoam');
    await expect(picker.getByRole('option')).toHaveText(/openfoam\.sif.*it is not called gromacs\.sif/);
    await withoutAxeFindings(shell, 'picker');
    await page.keyboard.press('Enter');
    await expect(picker.getByRole('option')).toHaveAttribute('aria-disabled', 'true');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('par');
    await expect(picker.getByRole('option')).toHaveText(/paraview\.sif/);
    await page.keyboard.press('Enter');
    await expect(picker).toBeHidden();
    await expect(launch.image).toBeFocused();
    await expect(launch.image).toContainText('paraview.sif');
  });

  test('are there for a template that names none, whose script then runs inside', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    const { launch, page } = shell;
    await shell.isReady();
    await launch.chooseTemplate('hello');
    await expect(launch.image).toContainText('None');
    await launch.image.click();
    const picker = page.getByTestId('image-picker');
    await picker.getByRole('option', { name: 'python-3.12.sif' }).click();
    await expect(launch.image).toContainText('python-3.12.sif');
    await launch.wholeScriptHas('python-3.12.sif', slipway);
    await launch.field('Run for').fill('1');
    await launch.submit();
    await launch.jobReaches('completed');

    await page.getByRole('button', { name: 'Back to edit' }).click();
    await launch.image.click();
    await picker.getByRole('button', { name: 'No image' }).click();
    await expect(launch.image).toContainText('None');
  });

  test('are listed as they were last seen while there is no connection, and looked through when there is', async ({
    slipway,
  }) => {
    const shell = new Shell(await slipway.open());
    const { images, page } = shell;
    await shell.isReady();
    await shell.goTo('Images');
    await expect(images.total).toHaveText('8 images');
    await expect(images.status).toContainText('Looked at');
    await slipway.cli('call', 'clusters.disconnect', JSON.stringify({ clusterId: 'demo' }));
    await expect(images.status).toContainText('Not connected: as of');
    await expect(images.total).toHaveText('8 images');
    await page.reload();
    await expect(images.total).toHaveText('8 images');
    await images.open('paraview.sif');
    await expect(images.sheet.getByRole('button', { name: 'Compute the digest' })).toBeDisabled();

    await images.status.getByRole('button', { name: 'Connect' }).click();
    await shell.isReady();
    await images.status.getByRole('button', { name: 'Look through the folders again' }).click();
    await expect(images.status).toContainText('Looked at just now');
  });

  test('that were never looked at are said to be so, with the way to them', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    const { page } = shell;
    await shell.isReady();
    const address = ['--name', 'My site', '--host', '127.0.0.1', '--port', '1', '--user', 'ada'];
    expect(await slipway.cli('cluster', 'add', 'mine', ...address)).toMatchObject({ code: 0 });
    await shell.switchTo('My site');
    await shell.goTo('Images');
    const empty = page.getByTestId('empty');
    await expect(empty).toContainText('The images of My site were never looked at');
    await expect(empty.getByRole('button', { name: 'Connect' })).toBeVisible();
    await withoutAxeFindings(shell, 'nothing');
  });

  test('on compute nodes are looked for once it was shown what that runs', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    const { images, page } = shell;
    await shell.isReady();
    await shell.goTo('Images');
    await images.open('gromacs.sif');
    const path = await images.sheet.locator('.image-path .mono').innerText();
    const look = images.status.getByRole('button', { name: 'Look on compute nodes…' });
    await look.click();
    const dialog = page.getByRole('dialog', { name: 'Look for images on compute nodes' });
    await dialog.getByRole('button', { name: 'Name them' }).click();
    const clusters = new ClustersScreen(page);
    await expect(clusters.field('Image folders on compute nodes')).toBeFocused();
    await page.keyboard.type(`normal: ${path.slice(0, path.lastIndexOf('/'))}`);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(clusters.form).toBeHidden();

    await shell.goTo('Images');
    await look.click();
    await expect(dialog.getByRole('checkbox', { name: /^normal: / })).toBeChecked();
    await withoutAxeFindings(shell, 'nodes');
    await dialog.getByRole('button', { name: 'Run it' }).click();
    await expect(images.table.getByRole('row', { name: /gromacs\.sif.*normal/ })).toBeVisible({ timeout: 60_000 });
  });
});
