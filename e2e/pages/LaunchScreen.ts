import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, type Slipway } from '../fixtures.ts';

/** Launch, as a person sees it. */
export class LaunchScreen {
  readonly page: Page;
  readonly submitButton: Locator;
  readonly obstacle: Locator;
  readonly receipt: Locator;
  /** How the job ended, when it did not end well. */
  readonly jobEnd: Locator;
  /** The folded steps of the submission. */
  readonly submission: Locator;
  readonly liveJob: Locator;
  readonly script: Locator;
  readonly cost: Locator;
  /** The button of the container’s field: what is chosen, and the way to the others. */
  readonly image: Locator;

  constructor(page: Page) {
    this.page = page;
    this.submitButton = page.getByTestId('submit');
    this.obstacle = page.getByTestId('obstacle');
    this.receipt = page.getByTestId('receipt');
    this.jobEnd = this.receipt.getByTestId('job-end');
    this.submission = this.receipt.getByTestId('receipt-steps');
    this.liveJob = page.getByTestId('live-job');
    this.script = page.getByTestId('script');
    this.cost = page.getByTestId('cost');
    this.image = page.getByTestId('image-field').getByRole('button', { name: /^Image/ });
  }

  async chooseTemplate(id: string): Promise<void> {
    await this.page.getByTestId(`template-${id}`).click();
    await expect(this.page.getByTestId(`template-${id}`)).toHaveAttribute('aria-selected', 'true');
  }

  field(label: string): Locator {
    // the button of a combo box has the label of its field too
    return this.page
      .getByTestId('launch')
      .getByLabel(new RegExp(`^${label}\\s*\\*?\\s*(\\(required\\))?$`))
      .and(this.page.locator(':not(.input-step)'));
  }

  slot(name: string): Locator {
    return this.page.getByTestId(`slot-${name}`);
  }

  /** Picks a file with the dialog of “Add files…”: it finds its slot by pattern. A real file, since only those have a path. */
  async addFile(slipway: Slipway, name: string, content: string): Promise<void> {
    const folder = path.join(slipway.home, 'inputs');
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, name);
    await writeFile(file, content);
    await this.page.getByTestId('browse').setInputFiles(file);
  }

  /** The lines of the script that are in view hold this text. */
  async scriptShows(text: string): Promise<void> {
    // Monaco writes spaces as no-break spaces
    await expect.poll(async () => (await this.script.innerText()).replaceAll('\u00a0', ' ')).toContain(text);
  }

  /**
   * Opens the folded lines, of which one is this. Monaco finds its folds anew a moment after each edit and takes a click before that
   * for one into the text, so it is clicked as long as it is closed.
   */
  async openFold(line: string): Promise<void> {
    const closed = this.script.locator('.codicon-folding-collapsed');
    await expect(async () => {
      if ((await closed.count()) > 0) await closed.click();
      await expect(this.script).toContainText(line.replaceAll(' ', '\u00a0'), { timeout: 1000 });
    }).toPass({ timeout: 15_000 });
  }

  /** The whole script holds this text: Monaco draws only the lines in view, so it is copied. */
  async wholeScriptHas(text: string, slipway: Slipway): Promise<void> {
    await expect
      .poll(async () => {
        await this.page.getByRole('button', { name: /^(Copy|Copied)$/ }).click();
        return slipway.clipboard();
      })
      .toContain(text);
  }

  /** Presses Submit when nothing is in its way, and waits for the job's id. */
  async submit(): Promise<{ runId: string; jobId: string }> {
    await expect(this.submitButton).toBeEnabled({ timeout: 30_000 });
    await this.submitButton.click();
    return this.submitted();
  }

  async submitted(): Promise<{ runId: string; jobId: string }> {
    await expect(this.receipt).toHaveAttribute('data-phase', 'submitted', { timeout: 30_000 });
    const jobId = (await this.page.getByTestId('job-id').innerText()).trim();
    return { runId: (await this.receipt.getAttribute('data-run')) ?? '', jobId };
  }

  async jobReaches(state: string): Promise<void> {
    await expect(this.liveJob.getByTestId('state')).toContainText(state, { timeout: 60_000 });
  }
}
