import type { Locator, Page } from '@playwright/test';
import { expect, realCluster, type Slipway } from '../fixtures.ts';
import { ImagesScreen } from './ImagesScreen.ts';
import { JobsScreen } from './JobsScreen.ts';
import { LaunchScreen } from './LaunchScreen.ts';

/** The window around the screens: rail, cluster, status bar, dialogs. */
export class Shell {
  readonly page: Page;
  readonly launch: LaunchScreen;
  readonly jobs: JobsScreen;
  readonly images: ImagesScreen;
  readonly currentCluster: Locator;

  constructor(page: Page) {
    this.page = page;
    this.launch = new LaunchScreen(page);
    this.jobs = new JobsScreen(page);
    this.images = new ImagesScreen(page);
    this.currentCluster = page.getByTestId('current-cluster');
  }

  async goTo(screen: 'Launch' | 'Jobs' | 'Templates' | 'Images' | 'Clusters' | 'Settings'): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: screen }).click();
  }

  /** True once the cluster of the top bar is connected. */
  async isReady(): Promise<void> {
    await expect(this.page.getByRole('contentinfo').getByTestId('connection')).toHaveText('ready', { timeout: 30_000 });
  }

  async switchTo(cluster: string): Promise<void> {
    await this.page.getByRole('button', { name: /^Cluster / }).click();
    await this.page.getByRole('menuitem', { name: new RegExp(cluster) }).click();
    await expect(this.currentCluster).toHaveText(cluster);
  }

  /**
   * Gets the journey's cluster ready as a person would. The demo is ready by itself; a real one is added, chosen and connected, and
   * its unknown host key is compared with what the site published.
   */
  async useCluster(slipway: Slipway): Promise<void> {
    if (slipway.options.cluster === 'demo') {
      await this.isReady();
      return;
    }
    const cluster = realCluster();
    const [user, login] =
      Object.entries(cluster.users).find(([, { privateKeyPath }]) => privateKeyPath !== undefined) ?? [];
    if (user === undefined || login?.privateKeyPath === undefined)
      throw new Error('the test cluster has no user with a key');
    const added = await slipway.cli(
      'cluster',
      'add',
      'real',
      '--name',
      'Real Slurm',
      '--host',
      cluster.host,
      '--port',
      String(cluster.port),
      '--user',
      user,
      '--key',
      login.privateKeyPath,
    );
    expect(added, added.stderr).toMatchObject({ code: 0 });
    await this.switchTo('Real Slurm');
    await this.page.getByRole('contentinfo').getByRole('button', { name: 'Connect' }).click();
    const question = this.page.getByRole('alertdialog').or(this.page.getByRole('dialog'));
    await expect(question).toContainText(cluster.hostKeyFingerprint);
    await question.getByRole('button', { name: 'It is right: connect' }).click();
    await this.isReady();
  }
}
