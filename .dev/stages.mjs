/**
 * The stages of `npm test`, in the order in which they take a free place: those in which a mistake is cheapest to find; those that take
 * turns at the cluster, the longest chain there is; beside it the long ones that need no cluster; and what fills the gaps. `after`: what
 * must have passed before; `holds`: what two stages must not use at the same time; `needs`: the suites of systemPackages.mjs that it is.
 * A vitest or playwright stage counts tests.
 */
import path from 'node:path';
import { node, root } from './environment.mjs';

const bin = (name) => path.join(root, 'node_modules', '.bin', name);

export const STAGES = [
  // the native compiler; eslint's plugin asks the package `typescript`, which is the compiler before it
  { name: 'types', command: npmScript('typecheck') },
  { name: 'build', command: [node(), '.dev/build.mjs', '--if-needed'] },
  { name: 'size', command: [node(), '.dev/size.mjs'], after: ['build'] },
  { name: 'imports', command: npmScript('imports') },
  // brought up once, beside the first stages, for all that submit to it
  { name: 'cluster', cluster: true, needs: ['slurm'] },
  { name: 'contract', vitest: 'e2e/contract/vitest.config.ts', after: ['cluster'], holds: 'cluster', needs: ['slurm'] },
  // what a job goes through, cuts and kills among it, once more on a real Slurm
  {
    name: 'slurm',
    vitest: '.dev/vitest.config.ts',
    only: ['main/core/jobs'],
    after: ['cluster'],
    holds: 'cluster',
    needs: ['slurm'],
  },
  {
    name: 'e2e-slurm',
    playwright: 'slurm',
    after: ['build', 'cluster'],
    holds: 'cluster',
    needs: ['browser', 'electron', 'slurm'],
  },
  { name: 'unit', vitest: '.dev/vitest.config.ts' },
  { name: 'e2e', playwright: 'demo', after: ['build'], needs: ['browser', 'electron'] },
  // these two need nothing but a processor
  { name: 'format', command: npmScript('format:check') },
  { name: 'lint', command: npmScript('lint') },
];

/** A script of package.json, which holds its arguments. */
function npmScript(name) {
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm', 'run', '--silent', name];
}

/** The program and arguments of a stage; its report, where it counts tests, goes to that file. */
export function commandOf(stage, report) {
  if (stage.vitest !== undefined)
    return [
      bin('vitest'),
      'run',
      '-c',
      stage.vitest,
      ...(stage.only ?? []),
      // one after the other, for they look at the same queue
      ...(stage.holds === 'cluster' ? ['--no-file-parallelism'] : []),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ];
  if (stage.playwright !== undefined) {
    const display =
      process.platform === 'linux' && !process.env.DISPLAY ? ['xvfb-run', '-a', '-s', '-screen 0 1600x1000x24'] : [];
    return [
      ...display,
      bin('playwright'),
      'test',
      '-c',
      'e2e/playwright.config.ts',
      `--project=*-${stage.playwright}`,
      // each removes the results of the run before
      `--output=test-results/${stage.name}`,
    ];
  }
  if (stage.cluster === true) return [node(), 'e2e/cluster/cluster.mjs', 'up', '--both'];
  return stage.command;
}
