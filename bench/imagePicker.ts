import { copyFile, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { median, quantile, type Figure } from './measure.ts';

const IMAGES = 2000;
const OPENINGS = 30;

/** Puts so many images beside those of the demo cluster, whose data folder this is. */
export async function addImages(dataFolder: string): Promise<void> {
  const folder = path.join(dataFolder, 'demo/shared/apptainer/images/compute');
  const sample = (await readdir(folder)).find((name) => name.endsWith('.sif'));
  if (sample === undefined) throw new Error(`no sample image in ${folder}`);
  const many = path.join(folder, 'many');
  await mkdir(many, { recursive: true });
  for (let index = 0; index < IMAGES; index += 1)
    await copyFile(path.join(folder, sample), path.join(many, `image-${String(index).padStart(4, '0')}.sif`));
}

async function listAll(page: Page): Promise<void> {
  await page.evaluate(() => {
    location.hash = '#/images';
  });
  await page.getByRole('button', { name: 'Look through the folders again' }).click();
  await page.waitForFunction((least) => {
    const text = document.querySelector('[data-testid="images-total"]')?.textContent ?? '';
    return Number(text.replaceAll(/\D/g, '')) >= least;
  }, IMAGES);
}

/**
 * Milliseconds from an event on the field until the page holds what it asks for, which the next frame shows: from the release of the
 * button until the picker stands there with its rows, and from a text in its search until the rows for that are there. Taken inside the page.
 */
async function openings(page: Page): Promise<{ opened: number[]; typed: number[] }> {
  await page.evaluate(() => {
    location.hash = '#/launch/official/pytorch';
  });
  const field = page.getByTestId('image-field').getByRole('button', { name: /^Image/ });
  await field.waitFor();
  await page.evaluate(() => {
    const samples = { opened: [] as number[], typed: [] as number[] };
    Object.assign(globalThis, { samples });
    let since: { what: 'opened' | 'typed'; at: number } | null = null;
    new MutationObserver(() => {
      if (since === null || document.querySelector('.image-picker-row') === null) return;
      samples[since.what].push(performance.now() - since.at);
      since = null;
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
    const begin = (what: 'opened' | 'typed') => (event: Event) => {
      since = { what, at: event.timeStamp };
    };
    document.addEventListener('pointerup', begin('opened'), true);
    document.addEventListener('input', begin('typed'), true);
  });
  for (let opening = 0; opening < OPENINGS; opening += 1) {
    await field.click();
    await page.locator('.image-picker-row').first().waitFor();
    // the field takes the focus in the frame after the one that shows the rows
    await page.locator('.image-picker input:focus').waitFor();
    // in one event; a single letter stands in every path, and the rows would stay as they are
    await page.keyboard.insertText('image-1');
    await page.waitForTimeout(100);
    await page.keyboard.press('Escape');
    await page.locator('.image-picker').waitFor({ state: 'detached' });
  }
  return page.evaluate(() => (globalThis as unknown as { samples: { opened: number[]; typed: number[] } }).samples);
}

/** The picker of a form with two thousand images of the demo cluster; `addImages` comes first. */
export async function pickerFigures(page: Page, where: string): Promise<Figure[]> {
  await page.getByTestId('submit').waitFor();
  await listAll(page);
  const { opened, typed } = await openings(page);
  const figure = (name: string, samples: readonly number[], most: number): Figure => ({
    name: `${name}, ${IMAGES.toLocaleString('en')} images (${where})`,
    unit: 'ms',
    median: median(samples),
    p95: quantile(samples, 0.95),
    samples: samples.length,
    baseline: null,
    goal: `at most ${String(most)} ms at the 95th percentile`,
    met: samples.length >= OPENINGS * 0.9 && quantile(samples, 0.95) <= most,
  });
  return [figure('image picker opens', opened, 50), figure('search in the image picker', typed, 50)];
}
