/**
 * `npm run pictures [-- FOLDER] [-- --docs]`: every screen with real data in it, in both themes and sizes and both languages, to be
 * looked at by a person. With `--docs` those that README and guide show are taken over into docs/pictures.
 */
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { ROOT, serve, type ServedSlipway } from './hosts.ts';

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
] as const;

interface Submitted {
  runId: string;
}

/** Twelve tasks, three at a time: most are done soon, one fails, the last ones go on. */
const SWEEP = `template: {id: sweep, display_name: Reynolds sweep, version: 1.0.0}
slurm: {array: "0-11%3", ntasks: 1, mem: 64M, time: "00:30:00"}
script:
  main_exec: |
    echo "case $SLURM_ARRAY_TASK_ID"
    slipway_progress 50 "half of it"
    if [ "$SLURM_ARRAY_TASK_ID" = 4 ]; then echo "row 4 of cases.csv is empty" >&2; exit 3; fi
    if [ "$SLURM_ARRAY_TASK_ID" -ge 9 ]; then for i in $(seq 900); do echo "step $i"; sleep 1; done; fi
`;

/** Jobs as a person has them: done, failed, running, waiting, and an array. */
async function fill(server: ServedSlipway): Promise<{ shown: Submitted; sweep: Submitted }> {
  await server.call('clusters.connect', { clusterId: 'demo' });
  await server.call('templates.clone', {
    id: 'pytorch',
    source: 'official',
    newId: 'my-training',
    displayName: 'ResNet training',
  });
  const { text, hash } = (await server.call('templates.text', { id: 'my-training', source: 'private' })) as {
    text: string;
    hash: string;
  };
  await server.call('templates.save', {
    source: 'private',
    id: 'my-training',
    baseHash: hash,
    text: text.replace('default: 30', 'default: 90'),
  });
  await server.call('templates.save', { source: 'private', text: SWEEP, baseHash: null, broken: false });
  const submit = (
    jobName: string,
    parameters: Record<string, unknown>,
    resources: Record<string, unknown>,
    template = { templateId: 'hello', templateSource: 'official' },
  ): Promise<unknown> =>
    server.call('jobs.submit', {
      wait: true,
      draft: {
        clusterId: 'demo',
        ...template,
        jobName,
        parameters,
        resources,
        imagePath: null,
        files: [],
      },
    });
  await submit('npt-equilibration', { seconds: 2, greeting: 'the first' }, {});
  const sweep = (await submit(
    'reynolds-sweep',
    {},
    {},
    { templateId: 'sweep', templateSource: 'private' },
  )) as Submitted;
  await submit('resnet50-lr3e-4-seed7', { seconds: 3, greeting: 'researchers' }, { cpus_per_task: 4 });
  await submit('held-by-limits', { seconds: 5 }, { partition: 'debug', nodes: 1, time: '00:25:00', mem: '15G' });
  const shown = (await submit('cavity-flow-re1000', { seconds: 90, greeting: 'Ada' }, { mem: '2G' })) as Submitted;
  await submit('waits-for-memory', { seconds: 60 }, { mem: '15G', cpus_per_task: 8 });
  await submit('waits-too', { seconds: 60 }, { mem: '15G', cpus_per_task: 8 });
  return { shown, sweep };
}

/** The demo's images as addresses name them. */
async function imageKeys(server: ServedSlipway): Promise<[string, string]> {
  const { images } = (await server.call('images.list', { clusterId: 'demo' })) as { images: { path: string }[] };
  const key = (name: string): string =>
    encodeURIComponent(images.find(({ path: at }) => at.endsWith(name))?.path ?? name);
  return [key('/pytorch_cuda.sif'), key('/gromacs.sif')];
}

async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((target) => {
    location.hash = target;
  }, hash);
  await page.waitForTimeout(900);
}

/** What README and guide show, by the name of the picture that is taken of it. */
const SHOWN: Readonly<Record<string, string>> = {
  'launch-pytorch-en-dark-1440': 'launch-dark',
  'job-log-en-dark-1440': 'jobs-dark',
  'template-form-en-dark-1440': 'templates-dark',
  'clusters-en-light-1440': 'clusters-light',
  'image-en-light-1440': 'images-light',
};

const options = process.argv.slice(2);
const folder = path.resolve(
  options.find((option) => !option.startsWith('--')) ?? path.join(ROOT, 'test-results/pictures'),
);
const data = await mkdtemp(path.join(tmpdir(), 'slipway-pictures-'));
await mkdir(folder, { recursive: true });
const server = await serve(path.join(data, 'data'), data);
const browser = await chromium.launch({
  executablePath: process.env['SLIPWAY_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  const page = await browser.newPage({ viewport: SIZES[0] });
  await page.goto(server.url);
  await page.getByTestId('submit').waitFor();
  const { shown, sweep } = await fill(server);
  await page.waitForTimeout(20_000);
  for (const language of ['en', 'ko']) {
    for (const theme of ['light', 'dark']) {
      await server.call('settings.update', { changes: { theme, language } });
      for (const size of SIZES) {
        await page.setViewportSize(size);
        const shot = (name: string): Promise<Buffer> =>
          page.screenshot({ path: path.join(folder, `${name}-${language}-${theme}-${String(size.width)}.png`) });
        await go(page, '#/launch/official/hello');
        await shot('launch-hello');
        await go(page, '#/launch/official/pytorch');
        await shot('launch-pytorch');
        // as large as the letters of a browser or a system can be set
        await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'));
        await page.waitForTimeout(300);
        await shot('launch-large');
        await page.evaluate(() => document.documentElement.style.removeProperty('font-size'));
        await go(page, '#/jobs');
        await shot('jobs');
        await go(page, '#/templates/official/namd');
        await shot('template-official');
        await go(page, '#/templates/private/my-training');
        for (const [index, tab] of ['form', 'preview', 'fit', 'history'].entries()) {
          // a narrow window has a tab more: the form and the text stand apart there
          await page
            .getByRole('tab')
            .nth(size.width < 1440 && index > 0 ? index + 1 : index)
            .click();
          await page.waitForTimeout(900);
          await shot(`template-${tab}`);
        }
        await go(page, `#/jobs/${sweep.runId}`);
        const list = page.getByTestId('jobs-table');
        if ((await list.getByRole('row', { level: 2 }).count()) === 0) {
          await list.getByRole('treegrid').press('ArrowRight');
          await page.waitForTimeout(700);
        }
        await shot('jobs-array');
        await page.getByTestId('job-detail').getByRole('tab').nth(1).click();
        await page.waitForTimeout(700);
        await shot('jobs-array-tasks');
        await go(page, `#/jobs/${sweep.runId}/4`);
        await page.getByTestId('job-detail').getByRole('tab').first().click();
        await page.waitForTimeout(700);
        await shot('jobs-array-task');
        await go(page, `#/jobs/${shown.runId}`);
        for (const [index, tab] of ['overview', 'log', 'script', 'events'].entries()) {
          await page.getByTestId('job-detail').getByRole('tab').nth(index).click();
          await page.waitForTimeout(700);
          await shot(`job-${tab}`);
        }
        await go(page, '#/images');
        await shot('images');
        const [first, second] = await imageKeys(server);
        await go(page, `#/images/${first}`);
        await shot('image');
        await go(page, `#/images/${first}/compare/${second}`);
        await shot('image-compare');
        await page.keyboard.press('Escape');
        await go(page, '#/launch/official/gromacs');
        await page.getByTestId('image-field').getByRole('button').first().click();
        await page.waitForTimeout(500);
        await shot('image-picker');
        await page.keyboard.press('Escape');
        await go(page, '#/clusters/demo');
        await shot('clusters');
        for (const tab of ['accounts', 'commands'] as const) {
          await go(page, `#/clusters/demo/${tab}`);
          await shot(`cluster-${tab}`);
        }
        await go(page, '#/clusters/import');
        await shot('cluster-import');
        await go(page, '#/clusters/new');
        await shot('cluster-form');
        await go(page, '#/settings');
        await shot('settings');
      }
    }
  }
  if (options.includes('--docs')) {
    for (const [taken, shown] of Object.entries(SHOWN))
      await copyFile(path.join(folder, `${taken}.png`), path.join(ROOT, 'docs/pictures', `${shown}.png`));
  }
} finally {
  await browser.close();
  await server.stop();
  await rm(data, { recursive: true, force: true, maxRetries: 5 });
}
