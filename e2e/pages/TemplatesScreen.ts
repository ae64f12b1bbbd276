import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, type Slipway } from '../fixtures.ts';

/** The template library and editor, as a person sees them. */
export class TemplatesScreen {
  readonly page: Page;
  readonly library: Locator;
  readonly search: Locator;
  readonly form: Locator;
  readonly parameters: Locator;
  readonly changedMark: Locator;
  /** What the text editor offers to write, and what it says of the key under the pointer. */
  readonly completions: Locator;
  readonly explanation: Locator;
  readonly conflict: Locator;
  readonly saveButton: Locator;

  constructor(page: Page) {
    this.page = page;
    this.library = page.getByTestId('library');
    this.search = page.getByTestId('library-search').getByRole('searchbox');
    this.form = page.getByTestId('template-form');
    this.parameters = page.getByTestId('parameters');
    this.completions = page.locator('.monaco-editor .suggest-widget');
    this.explanation = page.locator('.monaco-editor .monaco-hover:visible');
    this.changedMark = page.getByTestId('studio-changed');
    this.conflict = page.getByTestId('studio-conflict');
    this.saveButton = page.getByRole('button', { name: 'Save', exact: true });
  }

  row(source: string, id: string): Locator {
    return this.page.getByTestId(`library-${source}-${id}`);
  }

  async open(source: string, id: string): Promise<void> {
    await this.row(source, id).click();
    await expect(this.row(source, id)).toHaveAttribute('aria-selected', 'true');
  }

  /** Copies an official template to one's own; the copy opens. */
  async clone(id: string): Promise<void> {
    await this.open('official', id);
    await this.page.getByRole('button', { name: 'Clone to edit' }).click();
    await expect(this.form).toBeVisible();
  }

  async tab(name: string): Promise<void> {
    await this.page.getByRole('tab', { name, exact: true }).click();
  }

  async save(): Promise<void> {
    await this.saveButton.click();
    await expect(this.changedMark).toHaveCount(0);
  }

  /** Types at the end of the YAML text. */
  async typeAtEnd(text: string): Promise<void> {
    await this.page.locator('.monaco-editor').first().click();
    await this.page.keyboard.press('Control+End');
    await this.page.keyboard.type(text);
  }

  /** Types this in place of the whole YAML text. */
  async writeText(text: string): Promise<void> {
    await this.page.locator('.monaco-editor').first().click();
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.insertText(text);
  }

  /** A word of the YAML text, where it stands on the screen. */
  word(text: string): Locator {
    return this.page.locator('.monaco-editor .view-lines').first().getByText(text, { exact: true }).first();
  }

  /** The lines of the text that are in view hold this. */
  async textShows(text: string): Promise<void> {
    // Monaco writes spaces as no-break spaces
    await expect
      .poll(async () =>
        (await this.page.locator('.monaco-editor .view-lines').first().innerText()).replaceAll('\u00a0', ' '),
      )
      .toContain(text);
  }

  async fileOf(slipway: Slipway, id: string): Promise<string> {
    return readFile(this.#path(slipway, id), 'utf8');
  }

  /** Changes the file as another program does. */
  async changeFile(slipway: Slipway, id: string, change: (text: string) => string): Promise<void> {
    await writeFile(this.#path(slipway, id), change(await this.fileOf(slipway, id)));
  }

  #path(slipway: Slipway, id: string): string {
    return path.join(slipway.dataFolder, 'templates', 'private', `${id}.yaml`);
  }
}
