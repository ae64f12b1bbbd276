import AxeBuilder from '@axe-core/playwright';
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
