import { writeFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '../fixtures.ts';
import { Shell } from '../pages/Shell.ts';

test.describe('checked before it is sent', () => {
  test('a time over the partition’s limit is named and mended with one click @slurm', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.useCluster(slipway);
    await shell.launch.field('Time limit').fill('48:00:00');
    await shell.launch.field('Time limit').blur();
    await expect(shell.launch.obstacle).toContainText('1 problem');
    const fix = shell.page
      .getByTestId('launch')
      .getByRole('button', { name: /24|1-00|1 d|long/ })
      .first();
    await fix.click();
    await expect(shell.launch.submitButton).toBeEnabled();
  });

  test('a config file that breaks the template’s schema is refused with its line, before any upload', async ({
    slipway,
  }) => {
    const folder = path.join(slipway.dataFolder, 'templates', 'private');
    await mkdir(folder, { recursive: true });
    await writeFile(
      path.join(folder, 'configured.yaml'),
      'template: {id: configured, display_name: "Configured"}\nfiles:\n  config_schema:\n    required:\n      - {name: config, pattern: config.yaml, format: yaml, schema: {type: object, properties: {batch_size: {type: integer, minimum: 1}}, required: [batch_size]}}\nscript: {main_exec: "cat \\"$FILE_CONFIG\\""}\n',
    );
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await shell.launch.chooseTemplate('configured');
    await shell.launch.addFile(slipway, 'config.yaml', 'epochs: 3\n# half a batch\nbatch_size: 0\n');
    await expect(shell.launch.slot('config')).toContainText('line 3');
    await expect(shell.launch.submitButton).toBeDisabled();
    await shell.launch
      .slot('config')
      .getByRole('button', { name: /Remove/ })
      .click();
    await shell.launch.addFile(slipway, 'config.yaml', 'batch_size: 8\n');
    await shell.launch.submit();
    await shell.launch.jobReaches('completed');
    await expect(shell.launch.liveJob).toContainText('batch_size: 8');
  });

  test('memory for each CPU takes the place of the template’s memory for each node, and says so', async ({
    slipway,
  }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await shell.launch.chooseTemplate('shell');
    await shell.launch.wholeScriptHas('#SBATCH --mem=1G\n', slipway);
    const kind = shell.page.getByTestId('launch').getByRole('button', { name: /Memory is counted for/ });
    await kind.click();
    await shell.page.getByRole('option', { name: 'each CPU' }).click();
    await shell.launch.field('Memory per CPU').fill('500M');
    await shell.launch.wholeScriptHas('#SBATCH --mem-per-cpu=500M\n', slipway);
    expect(await slipway.clipboard()).not.toContain('--mem=');
    await expect(shell.launch.field('Memory per node')).toBeHidden();
    await expect(shell.page.getByTestId('launch')).toContainText(
      'It takes the place of the template’s Memory per node, 1G.',
    );
    await shell.launch.field('Memory per CPU').fill('');
    await expect(shell.launch.field('Memory per node')).toHaveValue('1G');
  });

  test('a script with Windows line ends is marked, and runs from a converted copy at one click', async ({
    slipway,
  }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await shell.launch.chooseTemplate('shell');
    await shell.launch.addFile(slipway, 'hello.sh', '#!/bin/bash\r\nfor i in 1 2; do\r\n  echo "line $i"\r\ndone\r\n');
    await expect(shell.launch.slot('script')).toContainText('Windows line ends');
    await shell.launch.slot('script').getByRole('button', { name: 'Send it converted' }).click();
    await expect(shell.launch.slot('script')).toContainText('line ends converted');
    await shell.launch.submit();
    await shell.launch.jobReaches('completed');
    await expect(shell.launch.liveJob).toContainText('line 2');
  });

  test('a template saved broken keeps its last good version and names the line; mended, it is taken up', async ({
    slipway,
  }) => {
    const folder = path.join(slipway.dataFolder, 'templates', 'private');
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, 'mine.yaml');
    const text = (greeting: string): string =>
      `template: {id: mine, display_name: "Mine"}\nscript:\n  main_exec: |\n    echo ${greeting}\n`;
    await writeFile(file, text('first'));
    const shell = new Shell(await slipway.open());
    await shell.launch.chooseTemplate('mine');
    await shell.launch.wholeScriptHas('echo first', slipway);
    await writeFile(file, 'template: {id: mine, display_name: [}\n');
    await expect(shell.page.getByTestId('template-mine')).toContainText(/broken|problem/);
    await shell.launch.wholeScriptHas('echo first', slipway);
    await writeFile(file, text('second'));
    await shell.launch.wholeScriptHas('echo second', slipway);
  });
});
