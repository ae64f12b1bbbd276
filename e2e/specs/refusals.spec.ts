import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '../fixtures.ts';
import { Shell } from '../pages/Shell.ts';
import { refusing } from '../contract/oddities/submitting.ts';

const SITE = [
  'sbatch: error: Batch job submission failed: Unspecified error',
  'sbatch: error: ----------------------------------------',
  'sbatch: error: You are associated with multiple _cpu allocations...',
  'sbatch: error: Please specify one of the following accounts to submit this job:',
  'sbatch: error:   RAS default accounts: def-ada, def-grace,',
  'sbatch: error: ----------------------------------------',
  '',
].join('\n');

test('a site’s refusal is told at once, in all of its own lines, and Submit is possible again', async ({ slipway }) => {
  const shell = new Shell(await slipway.open());
  await shell.isReady();
  const sbatch = path.join(slipway.dataFolder, 'demo/slurm/bin/sbatch');
  const itself = readFileSync(sbatch, 'utf8');
  writeFileSync(sbatch, `#!/bin/sh\n${refusing('', SITE, 1).script}\n`);
  await expect(shell.launch.submitButton).toBeEnabled({ timeout: 30_000 });
  await shell.launch.submitButton.click();
  await expect(shell.launch.receipt).toHaveAttribute('data-phase', 'rejected', { timeout: 30_000 });
  const refusal = shell.launch.receipt.getByTestId('error');
  // as a person sees it: the lines of the site stand under each other
  expect(await refusal.innerText()).toContain(
    'You are associated with multiple _cpu allocations...\nPlease specify one of the following accounts to submit this job:\nRAS default accounts: def-ada, def-grace,',
  );
  // and before the steps that led there
  const [first, then] = await Promise.all(
    [refusal, shell.launch.receipt.getByTestId('step-sbatch')].map((part) => part.boundingBox()),
  );
  expect(first?.y).toBeLessThan(then?.y ?? 0);
  await refusal.getByRole('button', { name: 'Details' }).click();
  await expect(refusal).toContainText('Batch job submission failed: Unspecified error');

  writeFileSync(sbatch, itself);
  await shell.launch.receipt.getByRole('button', { name: 'Back to edit' }).first().click();
  await shell.launch.submit();
  await shell.launch.jobReaches('completed');
});
