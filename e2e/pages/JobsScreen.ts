import type { Locator, Page } from '@playwright/test';
import { expect } from '../fixtures.ts';

/** The list of jobs and the detail of one. */
export class JobsScreen {
  readonly page: Page;
  readonly table: Locator;
  readonly detail: Locator;
  readonly filter: Locator;
  /** How a job ended that did not end well. */
  readonly end: Locator;
  /** Why a job waits. */
  readonly why: Locator;
  /** That its cluster is not connected. */
  readonly notConnected: Locator;

  constructor(page: Page) {
    this.page = page;
    this.table = page.getByTestId('jobs-table');
    this.detail = page.getByTestId('job-detail');
    this.end = this.detail.getByTestId('job-end');
    this.why = this.detail.getByTestId('why-it-waits');
    this.notConnected = this.detail.getByTestId('not-connected');
    this.filter = page
      .getByTestId('jobs-filter')
      .getByRole('searchbox')
      .or(page.locator('input[data-testid="jobs-filter"]'));
  }

  row(name: string): Locator {
    return this.table.getByRole('row').filter({ hasText: name });
  }

  /** The row of a task below its run, once that is unfolded. */
  taskRow(task: number): Locator {
    return this.table.locator(`[role="row"][aria-level="2"][data-key$="/${String(task)}"]`);
  }

  /** How many tasks of an array are in a group of states, as the list says. */
  counted(name: string, group: string): Locator {
    return this.row(name).first().locator(`.task-count[data-group="${group}"]`);
  }

  async open(name: string): Promise<void> {
    await this.row(name).first().click();
    await expect(this.detail.getByRole('heading', { name })).toBeVisible();
  }

  async showTab(tab: 'Overview' | 'Tasks' | 'Log' | 'Script' | 'Events'): Promise<void> {
    await this.detail.getByRole('tab', { name: tab }).click();
  }

  async stateOf(name: string, state: string, timeout = 60_000): Promise<void> {
    await expect(this.row(name).first().getByTestId('state')).toContainText(state, { timeout });
  }
}
