import AxeBuilder from '@axe-core/playwright';
import type { Locator } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { Shell } from '../pages/Shell.ts';

test.describe('the interface', () => {
  test('a job from start to end with the keyboard alone', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await expect(shell.launch.submitButton).toBeEnabled();
    const { keyboard } = shell.page;
    await keyboard.press('Control+k');
    await expect(shell.page.getByRole('dialog').getByRole('combobox')).toBeFocused();
    await keyboard.type('Hello');
    await keyboard.press('Enter');
    await expect(shell.page.getByRole('dialog')).toHaveCount(0);
    await shell.launch.field('Run for').focus();
    await keyboard.press('Control+a');
    await keyboard.type('2');
    await keyboard.press('Tab');
    await shell.launch.scriptShows('PARAM_SECONDS=2');
    await keyboard.press('Control+Enter');
    await shell.launch.submitted();
    await shell.launch.jobReaches('completed');
  });

  test('a table is ordered by its heads, and a row has a menu, by mouse and by keyboard', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    const { images, page } = shell;
    await shell.goTo('Images');
    await expect(images.total).toHaveText('8 images');
    const grid = images.table.getByRole('grid');
    const head = (name: string): Locator => images.table.getByRole('columnheader', { name, exact: true });
    const column = (index: number): Promise<string[]> =>
      images.table.locator(`[data-index] > [role="gridcell"]:nth-child(${String(index)})`).allInnerTexts();
    const byNumber = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true, sensitivity: 'base' });
    const names = (await column(1)).toSorted(byNumber);

    await expect(head('Name')).toHaveAttribute('aria-sort', 'ascending');
    expect(await column(1)).toEqual(names);
    await head('Name').click();
    await expect(head('Name')).toHaveAttribute('aria-sort', 'descending');
    expect(await column(1)).toEqual(names.toReversed());

    // along the heads with the arrows: what is used last comes first where the most is asked for
    for (let times = 0; times < 3; times += 1) await page.keyboard.press('ArrowRight');
    await expect(head('Size')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(head('Size')).toHaveAttribute('aria-sort', 'descending');
    await expect(head('Name')).not.toHaveAttribute('aria-sort');
    await page.keyboard.press(' ');
    await expect(head('Size')).toHaveAttribute('aria-sort', 'ascending');

    // the menu at the pointer, of the row that is under it
    const menu = page.getByRole('menu');
    await images.row('gromacs.sif').click({ button: 'right' });
    await expect(menu).toHaveAccessibleName(/gromacs\.sif/);
    await expect(images.row('gromacs.sif')).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Escape');
    await expect(menu).toHaveCount(0);
    // and at the row where the keyboard is
    await expect(grid).toBeFocused();
    await page.keyboard.press('Home');
    const first = images.table.locator('[data-index="0"]');
    await expect(first).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('ContextMenu');
    await expect(menu).toBeVisible();
    await page.getByRole('menuitem', { name: 'Copy the path' }).click();
    const path = await slipway.clipboard();
    expect(path.split('/').at(-1)).toBe((await column(1))[0]);
  });

  test('letters twice as large hide nothing of the top bar and of Submit', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await expect(shell.launch.submitButton).toBeEnabled();
    const { page, launch } = shell;
    const frame = async (part: Locator): Promise<{ left: number; right: number; top: number; bottom: number }> =>
      part.evaluate((element) => element.getBoundingClientRect().toJSON() as DOMRect);
    await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'));
    for (const [width, height] of [
      [1440, 900],
      [1024, 700],
      [960, 600],
    ] as const) {
      await page.setViewportSize({ width, height });
      const [connection, search, buttons, button, hint] = await Promise.all(
        [
          page.getByTestId('connection').first(),
          page.locator('.topbar-search'),
          page.locator('.topbar-end'),
          launch.submitButton,
          launch.submitButton.locator('.kbd'),
        ].map(frame),
      );
      const at = `${String(width)} × ${String(height)}`;
      expect(connection?.right, at).toBeLessThanOrEqual(search?.left ?? 0);
      expect(search?.right, at).toBeLessThanOrEqual(buttons?.left ?? 0);
      expect(buttons?.right, at).toBeLessThanOrEqual(width);
      expect(hint?.right, at).toBeLessThanOrEqual(button?.right ?? 0);
      expect(hint?.bottom, at).toBeLessThanOrEqual(button?.bottom ?? 0);
      expect(button?.bottom, at).toBeLessThanOrEqual(height);
    }
  });

  test('axe finds nothing on any screen, in every theme @browser-only', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await expect(shell.launch.submitButton).toBeEnabled();
    for (const theme of ['light', 'dark', 'contrast']) {
      await slipway.cli('call', 'settings.update', JSON.stringify({ changes: { theme } }));
      await expect(shell.page.locator('html')).toHaveAttribute('data-theme', theme);
      for (const screen of ['Launch', 'Jobs', 'Templates', 'Images', 'Clusters', 'Settings'] as const) {
        await shell.goTo(screen);
        await expect(shell.page.getByRole('link', { name: screen })).toHaveAttribute('aria-current', 'page');
        await shell.page.waitForTimeout(400);
        const { violations } = await new AxeBuilder({ page: shell.page }).analyze();
        expect(
          violations.map(({ id, nodes }) => `${theme} ${screen} ${id}: ${nodes.map(({ html }) => html).join(' | ')}`),
        ).toEqual([]);
      }
    }
  });

  test('the page cannot read a local path, load from elsewhere, or leave @electron-only', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    const found = await shell.page.evaluate(async () => {
      const outside = await fetch('https://example.com/').then(
        () => 'loaded',
        () => 'refused',
      );
      location.href = 'https://example.com/';
      await new Promise((resolve) => setTimeout(resolve, 500));
      return {
        outside,
        stayed: location.href.startsWith('app://slipway/'),
        node: typeof (globalThis as { require?: unknown }).require,
      };
    });
    expect(found).toEqual({ outside: 'refused', stayed: true, node: 'undefined' });
  });

  test('the command line works through the open window', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    const submitted = await slipway.cli(
      'submit',
      '--template',
      'hello',
      '--set',
      'seconds=2',
      '--name',
      'from-the-terminal',
      '--wait',
      '--json',
    );
    expect(submitted, submitted.stderr).toMatchObject({ code: 0 });
    expect((JSON.parse(submitted.stdout) as { state: string }).state).toBe('COMPLETED');
    await shell.goTo('Jobs');
    await shell.jobs.stateOf('from-the-terminal', 'completed');
  });
});
