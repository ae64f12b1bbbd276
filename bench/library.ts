import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { load } from 'js-yaml';
import { createTemplateLibrary, type TemplateLibraryService } from '../main/core/templates/library/library.ts';
import { openStore } from '../main/store/index.ts';
import type { Store } from '../main/core/ports.ts';
import { DEFAULT_SETTINGS } from '../shared/contract/program.ts';
import { Emitter } from '../shared/lib/emitter.ts';
import { longestHold, median, quantile, type Figure } from './measure.ts';

const TEMPLATES = 5000;
const STARTS = 10;
const CHANGES = 20;
const LIST_MS = 150;
const HELD_MS = 20;
const SEARCH_MS = 20;
const CHANGE_MS = 300;
/** What is typed, letter by letter. */
const TYPED = ['pytorch gpu', 'ensemble 42', 'müller relaxation', '분자동역학', 's'];

/** The shipped templates over and over, each under an id and a description of its own, in folders of a hundred. */
async function writeLibrary(root: string, folder: string): Promise<void> {
  const shipped = path.join(root, 'templates/official');
  const files = (await readdir(shipped, { recursive: true }))
    .filter((file) => /\.yaml$/.test(file) && !file.includes('.samples'))
    .sort();
  const texts = await Promise.all(files.map((file) => readFile(path.join(shipped, file), 'utf8')));
  for (let n = 0; n < TEMPLATES; n += 1) {
    const text = (texts[n % texts.length] ?? '')
      .replace(/^( +)id: .*$/m, `$1id: bench-${String(n)}`)
      .replace(
        /^( +)display_name: .*$/m,
        `$1display_name: "Ensemble ${String(n)}${n % 7 === 0 ? ' Müller relaxation' : ''}${n % 11 === 0 ? ' 분자동역학 계산' : ''}"`,
      );
    const into = path.join(folder, String(Math.floor(n / 100)).padStart(2, '0'));
    if (n % 100 === 0) await mkdir(into, { recursive: true });
    await writeFile(path.join(into, `bench-${String(n)}.yaml`), text);
  }
}

const figure = (
  name: string,
  samples: readonly number[],
  goal: string,
  limit: number,
  baseline: Figure['baseline'] = null,
): Figure => ({
  name,
  unit: 'ms',
  median: median(samples),
  p95: quantile(samples, 0.95),
  samples: samples.length,
  baseline,
  goal: `≤ ${String(limit)} ms ${goal}`,
  met: median(samples) <= limit,
});

/** A library of 5,000 templates that was read once before: its first list, searches as they are typed, and changes on disk. */
export async function templateLibrary(root: string): Promise<Figure[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-library-'));
  const changes = new Emitter<unknown>();
  const store: Store = openStore({ file: path.join(folder, 'slipway.db') });
  const open = (): TemplateLibraryService =>
    createTemplateLibrary({
      folders: { data: path.join(folder, 'data'), officialTemplates: path.join(root, 'templates/official') },
      settings: { current: () => ({ ...DEFAULT_SETTINGS, communityTemplates: path.join(folder, 'library') }) },
      store,
      clock: { now: () => Date.now() },
      version: 'bench',
      communities: () => [],
      log: { write: () => undefined, query: () => Promise.resolve([]) },
      emit: () => changes.emit(null),
    });
  let library: TemplateLibraryService | null = null;
  // a library that waits for changes does not keep a program running
  const awake = setInterval(() => undefined, 1000);
  try {
    await writeLibrary(root, path.join(folder, 'library'));
    // files that are younger than the dating of the file system are always read again
    await new Promise((resolve) => setTimeout(resolve, 200));
    library = open();
    await library.ready;
    await library.dispose();

    const lists: number[] = [];
    const holds: number[] = [];
    const parsed: number[] = [];
    for (let start = -1; start < STARTS; start += 1) {
      let took = 0;
      const held = await longestHold(async () => {
        const began = performance.now();
        library = open();
        await library.listable;
        const listed = library.list();
        took = performance.now() - began;
        if (listed.length < TEMPLATES) throw new Error(`${String(listed.length)} templates are listed`);
      });
      await library.dispose();
      const began = performance.now();
      for (const file of await readdir(path.join(folder, 'library'), { recursive: true }))
        if (file.endsWith('.yaml')) load(await readFile(path.join(folder, 'library', file), 'utf8'));
      if (start < 0) continue;
      lists.push(took);
      holds.push(held);
      parsed.push(performance.now() - began);
    }

    library = open();
    await library.ready;
    const searches: number[] = [];
    for (const words of TYPED) {
      for (let letters = 1; letters <= words.length; letters += 1) {
        const began = performance.now();
        library.search(words.slice(0, letters), 200);
        searches.push(performance.now() - began);
      }
    }

    const seen: number[] = [];
    for (let n = 0; n < CHANGES; n += 1) {
      const file = path.join(folder, 'library', '07', `bench-${String(700 + n)}.yaml`);
      const text = (await readFile(file, 'utf8')).replace(
        /^( +)display_name: .*$/m,
        `$1display_name: "Changed ${String(n)}"`,
      );
      const began = performance.now();
      const visible = new Promise<void>((resolve) => {
        const heard = changes.on(() => {
          if (library?.list().some(({ displayName }) => displayName === `Changed ${String(n)}`) !== true) return;
          void heard.dispose();
          resolve();
        });
      });
      await writeFile(file, text);
      await visible;
      seen.push(performance.now() - began);
    }
    const among = `of ${TEMPLATES.toLocaleString('en')} templates`;
    return [
      figure(`first list ${among}`, lists, 'median', LIST_MS, {
        name: 'read and parse all with js-yaml',
        median: median(parsed),
      }),
      figure(`longest hold of the main thread meanwhile`, holds, 'median', HELD_MS),
      figure(`search as it is typed ${among}`, searches, 'median', SEARCH_MS),
      figure(`a change on disk is listed ${among}`, seen, 'median', CHANGE_MS),
    ];
  } finally {
    clearInterval(awake);
    await library?.dispose();
    await store.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}
