import type { Locator, Page } from '@playwright/test';
import { expect } from '../fixtures.ts';

/** The images of a cluster: list, filters, the details of one, two beside one another. */
export class ImagesScreen {
  readonly page: Page;
  readonly table: Locator;
  readonly total: Locator;
  readonly status: Locator;
  readonly sheet: Locator;
  readonly facts: Locator;
  readonly comparison: Locator;

  constructor(page: Page) {
    this.page = page;
    this.table = page.getByTestId('images-table');
    this.total = page.getByTestId('images-total');
    this.status = page.getByTestId('images-status');
    this.sheet = page.getByTestId('image-sheet');
    this.facts = this.sheet.getByTestId('image-facts');
    this.comparison = page.getByTestId('image-compare');
  }

  row(name: string): Locator {
    return this.table.getByRole('row', { name });
  }

  async filter(text: string): Promise<void> {
    await this.page.getByTestId('images-filter').getByRole('searchbox').fill(text);
  }

  /** Opens an image as Enter does: its details get the focus. */
  async open(name: string): Promise<void> {
    await this.row(name).dblclick();
    await expect(this.sheet.getByRole('heading', { name, level: 2 })).toBeVisible();
  }

  /** An entry of the menu of the image whose details are open. */
  async choose(action: string): Promise<void> {
    await this.sheet.getByRole('button', { name: 'More actions' }).click();
    await this.page.getByRole('menuitem', { name: action }).click();
  }

  /** The values of a field of the comparison, left and right. */
  difference(field: string): Locator {
    return this.comparison
      .getByRole('row')
      .filter({ has: this.page.getByRole('rowheader', { name: field, exact: true }) });
  }
}
