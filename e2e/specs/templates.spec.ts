import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../fixtures.ts';
import { Shell } from '../pages/Shell.ts';
import { TemplatesScreen } from '../pages/TemplatesScreen.ts';

test.describe('templates', () => {
  test('an official template becomes one’s own, by form and by text, and is used', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await shell.goTo('Templates');
    const templates = new TemplatesScreen(shell.page);
    await templates.clone('hello');

    // the form writes the text …
    await templates.form.getByLabel('Name', { exact: true }).first().fill('Hello of ours');
    await templates.textShows('display_name: "Hello of ours"');
    // … the text changes the form, and a comment in it stays
    await templates.typeAtEnd('\n# kept by the form');
    await templates.form.getByLabel('Version').fill('2.0.0');
    await templates.textShows('# kept by the form');
    await templates.save();
    const saved = await templates.fileOf(slipway, 'hello-copy');
    expect(saved).toContain('# kept by the form');
    expect(saved).toContain('2.0.0');

    await shell.page.getByRole('button', { name: 'Use in Launch' }).click();
    await expect(shell.launch.field('Who to greet')).toBeVisible();
    await expect(shell.page.getByRole('heading', { name: 'Hello of ours' })).toBeVisible();
  });

  test('a field follows another, as the form of its template says', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await shell.goTo('Templates');
    const templates = new TemplatesScreen(shell.page);
    await templates.clone('hello');
    await templates.parameters.getByRole('button', { name: /^Run for/ }).click();
    await templates.form.getByRole('button', { name: 'Add a rule that follows another field' }).last().click();
    const rule = templates.form.getByRole('group', { name: 'Rule 1', exact: true });
    await rule.getByLabel('greeting is').fill('moon');
    await rule.getByLabel('Label', { exact: true }).fill('Run on the moon for');
    await rule.getByLabel('At most').fill('7');
    await templates.textShows('label: Run on the moon for');
    await templates.save();
    expect(await templates.fileOf(slipway, 'hello-copy')).toContain('is: moon');

    await shell.page.getByRole('button', { name: 'Use in Launch' }).click();
    await expect(shell.launch.field('Run for')).toBeVisible();
    await shell.launch.field('Who to greet').fill('moon');
    await expect(shell.launch.field('Run on the moon for')).toBeVisible();
    await shell.launch.field('Run on the moon for').fill('9');
    await shell.page.keyboard.press('Tab');
    await expect(shell.page.getByText('Run on the moon for: must be at most 7').first()).toBeVisible();
    await shell.page.getByRole('button', { name: 'Use 7' }).first().click();
    await expect(shell.launch.field('Run on the moon for')).toHaveValue('7');
  });

  test('the text offers the keys that may stand there, and explains them', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await shell.goTo('Templates');
    const templates = new TemplatesScreen(shell.page);
    await templates.clone('hello');
    await templates.writeText('template:\n  id: hello-copy\n');
    const { keyboard } = shell.page;
    await keyboard.type('cat');
    await expect(templates.completions.getByRole('option', { name: /^category/ })).toBeVisible();
    await keyboard.press('Escape');
    await expect(templates.completions).toBeHidden();
    await keyboard.press('Control+Space');
    await expect(templates.completions.getByRole('option', { name: /^category/ })).toBeInViewport({ ratio: 0.95 });
    await keyboard.press('Enter');
    await templates.textShows('  category: ');

    await templates.word('category').hover();
    await expect(templates.explanation.getByText('Where it stands in the library.')).toBeInViewport({ ratio: 0.95 });
  });

  test('parameters are ordered with the keyboard alone, and with the mouse', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await shell.goTo('Templates');
    const templates = new TemplatesScreen(shell.page);
    await templates.clone('hello');
    const grips = templates.parameters.getByRole('button', { name: /^Drag / });
    await expect(grips).toHaveCount(2);
    await grips.first().focus();
    const { keyboard } = shell.page;
    await keyboard.press('Enter');
    await expect(templates.parameters.getByRole('button', { name: 'Insert after Run for' })).toBeAttached();
    await keyboard.press('End');
    await keyboard.press('Enter');
    await expect(grips.first()).toHaveAccessibleName('Drag Run for');
    await expect(templates.parameters.getByRole('row', { name: 'Who to greet' })).toBeFocused();
    await templates.save();
    const saved = await templates.fileOf(slipway, 'hello-copy');
    expect(saved.indexOf('name: seconds')).toBeLessThan(saved.indexOf('name: greeting'));

    const rows = templates.parameters.getByRole('row');
    const byGrip = { x: 12, y: 16 };
    await rows.nth(1).dragTo(rows.first(), { sourcePosition: byGrip, targetPosition: { x: 12, y: 2 } });
    await expect(grips.first()).toHaveAccessibleName('Drag Who to greet');
  });

  test('what is not saved is there again after a crash', async ({ slipway }) => {
    let shell = new Shell(await slipway.open());
    await shell.isReady();
    await shell.goTo('Templates');
    let templates = new TemplatesScreen(shell.page);
    await templates.clone('hello');
    await templates.form.getByLabel('Name', { exact: true }).first().fill('Almost lost');
    await templates.textShows('Almost lost');
    await shell.page.waitForTimeout(1000);
    await slipway.kill();

    shell = new Shell(await slipway.open());
    await shell.goTo('Templates');
    templates = new TemplatesScreen(shell.page);
    await shell.page.getByTestId('unsaved-private/hello-copy').click();
    await expect(templates.form.getByLabel('Name', { exact: true }).first()).toHaveValue('Almost lost');
    await expect(templates.changedMark).toBeVisible();
  });

  test('a file that another program changed is compared, never written over unasked', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await shell.goTo('Templates');
    const templates = new TemplatesScreen(shell.page);
    await templates.clone('hello');
    await templates.form.getByLabel('Name', { exact: true }).first().fill('Mine');
    await expect(templates.changedMark).toBeVisible();
    await templates.changeFile(slipway, 'hello-copy', (text) => `${text}\n# by another program\n`);
    await expect(templates.conflict).toBeVisible();
    await templates.conflict.getByRole('button', { name: 'Compare' }).click();
    await expect(shell.page.getByTestId('diff')).toHaveAttribute('data-ready', 'true');
    await shell.page.getByRole('button', { name: 'Keep my text' }).click();
    expect(await templates.fileOf(slipway, 'hello-copy')).toContain('# by another program');
    await templates.save();
    expect(await templates.fileOf(slipway, 'hello-copy')).toContain('Mine');

    // what the other program wrote is in the history
    await templates.tab('History');
    await expect(shell.page.getByTestId('versions').getByText('changed by another program')).toBeVisible();
  });

  test('a template is archived and comes back', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await shell.goTo('Templates');
    const templates = new TemplatesScreen(shell.page);
    await templates.clone('hello');
    await shell.page.getByRole('button', { name: 'More' }).click();
    await shell.page.getByRole('menuitem', { name: 'Move to the archive' }).click();
    await expect(templates.row('private', 'hello-copy')).toHaveCount(0);
    await shell.page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
    await expect(templates.row('private', 'hello-copy')).toBeVisible();
  });

  test('a batch script becomes a template, with its values as fields', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await shell.goTo('Templates');
    await shell.page.getByRole('button', { name: 'New or import' }).click();
    await shell.page.getByRole('menuitem', { name: 'Import…' }).click();
    const file = path.join(slipway.home, 'train.sbatch');
    await mkdir(slipway.home, { recursive: true });
    await writeFile(
      file,
      '#!/bin/bash\n#SBATCH --job-name=train\n#SBATCH -t 02:00:00\n#SBATCH --mem 4G\nEPOCHS=30\npython train.py --epochs $EPOCHS\n',
    );
    await shell.page.getByTestId('import-files').setInputFiles(file);
    const report = shell.page.getByTestId('import-report');
    await expect(report).toContainText('This is a batch script.');
    await expect(report).toContainText('The template’s name, and the name that its jobs begin with.');
    await report.getByRole('checkbox', { name: /30/ }).check();
    await shell.page.getByRole('button', { name: 'Open as a new template' }).click();
    const templates = new TemplatesScreen(shell.page);
    await expect(templates.parameters.getByRole('row')).toHaveCount(1);
    await templates.save();
    await expect(templates.row('private', 'train')).toBeVisible();
  });

  test('whether it runs on each known cluster is told', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await shell.goTo('Templates');
    const templates = new TemplatesScreen(shell.page);
    await templates.open('official', 'hello');
    await templates.tab('Will it run here?');
    await expect(shell.page.getByTestId('fit').locator('[data-verdict="runs"]')).toContainText('Demo cluster');
  });

  test('the library is searched by what the scripts say', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await shell.goTo('Templates');
    const templates = new TemplatesScreen(shell.page);
    await templates.search.fill('torchrun');
    await expect(templates.row('official', 'pytorch')).toBeVisible();
    await expect(templates.row('official', 'hello')).toHaveCount(0);
    await templates.search.press('ArrowDown');
    await expect(templates.library).toBeFocused();
    await shell.page.keyboard.press('Home');
    await shell.page.keyboard.press('Enter');
    await expect(shell.page.getByTestId('studio-document')).toBeVisible();
  });

  test('axe finds nothing in the editor, in every theme @browser-only', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await shell.goTo('Templates');
    const templates = new TemplatesScreen(shell.page);
    await templates.clone('pytorch');
    await templates.parameters.getByRole('button', { expanded: false }).first().click();
    for (const theme of ['light', 'dark', 'contrast']) {
      await slipway.cli('call', 'settings.update', JSON.stringify({ changes: { theme } }));
      await expect(shell.page.locator('html')).toHaveAttribute('data-theme', theme);
      for (const tab of ['Form and YAML', 'Preview', 'Will it run here?', 'History']) {
        await templates.tab(tab);
        await shell.page.waitForTimeout(400);
        const { violations } = await new AxeBuilder({ page: shell.page }).analyze();
        expect(
          violations.map(({ id, nodes }) => `${theme} ${tab} ${id}: ${nodes.map(({ html }) => html).join(' | ')}`),
        ).toEqual([]);
      }
    }
  });
});
