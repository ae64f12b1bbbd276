import type { Locator, Page } from '@playwright/test';
import { expect } from '../fixtures.ts';

/** The list of clusters, one of them, its form, and the questions of its login. */
export class ClustersScreen {
  readonly page: Page;
  readonly detail: Locator;
  readonly form: Locator;
  readonly importList: Locator;
  readonly partitions: Locator;
  readonly changedKey: Locator;
  readonly dialog: Locator;

  constructor(page: Page) {
    this.page = page;
    this.detail = page.getByTestId('cluster-detail');
    this.form = page.getByTestId('cluster-form');
    this.importList = page.getByTestId('ssh-import');
    this.partitions = this.detail.getByTestId('partitions');
    this.changedKey = this.detail.getByTestId('changed-key');
    this.dialog = page.getByRole('dialog').or(page.getByRole('alertdialog'));
  }

  link(name: string): Locator {
    return this.page.getByRole('list', { name: 'Clusters' }).getByRole('link', { name });
  }

  async open(name: string): Promise<void> {
    await this.link(name).click();
    await expect(this.detail.getByRole('heading', { name, level: 2 })).toBeVisible();
  }

  async add(way: 'From your SSH configuration…' | 'By hand…'): Promise<void> {
    await this.page.getByRole('button', { name: 'Add', exact: true }).click();
    await this.page.getByRole('menuitem', { name: way }).click();
  }

  field(label: string): Locator {
    // the button of a combo box has the label of its field too
    return this.form
      .getByLabel(new RegExp(`^${label}\\s*\\*?\\s*(\\(required\\))?$`))
      .and(this.page.locator(':not(.input-step)'));
  }

  async showTab(tab: 'Overview' | 'Accounts and QOS' | 'Modules' | 'What Slipway ran'): Promise<void> {
    await this.detail.getByRole('tab', { name: tab }).click();
  }

  async test(): Promise<void> {
    await this.page.getByRole('button', { name: 'Test the connection' }).click();
  }

  /** One step of the connection test of the cluster itself. */
  step(step: string): Locator {
    return this.page.getByTestId('test-steps').locator(`[data-step="${step}"]`).last();
  }

  /** Fills in and saves a cluster by hand that is logged in to by questions only. */
  async addByQuestions(name: string, port: number): Promise<void> {
    await this.add('By hand…');
    await this.field('Name').fill(name);
    await this.field('Host').fill('127.0.0.1');
    await this.field('Port').fill(String(port));
    await this.field('User').fill('ada');
    for (const way of ['SSH agent', 'Private key', 'Password'])
      await this.form.getByRole('button', { name: `Do not use ${way}` }).click();
    await this.form.getByRole('button', { name: 'Save' }).click();
    await expect(this.detail.getByRole('heading', { name, level: 2 })).toBeVisible();
  }

  async connect(): Promise<void> {
    await this.detail.getByRole('button', { name: 'Connect', exact: true }).first().click();
  }
}
