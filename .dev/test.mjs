/**
 * `npm test`: everything, in the order in which a mistake is cheapest to find. `npm test -- unit e2e` runs some stages.
 * What cannot run here is named; with CI=true that is a failure. The last line counts the tests.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  installIfNeeded,
  node,
  programEnvironment,
  requireNode20,
  requireNodeApi10,
  root,
  say,
} from './environment.mjs';
import { ensureSystemPackages } from './systemPackages.mjs';

const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const reports = path.join(root, 'test-results');

const STAGES = [
  { name: 'types', command: [bin('tsc'), '-p', 'tsconfig.json'] },
  {
    name: 'lint',
    command: [
      bin('eslint'),
      '-c',
      '.dev/eslint.config.js',
      '--max-warnings',
      '0',
      'main',
      'renderer',
      'preload',
      'shared',
      'e2e',
      'bench',
      '.dev',
    ],
  },
  {
    name: 'imports',
    command: [bin('depcruise'), '--config', '.dev/dependency-cruiser.cjs', 'main', 'renderer', 'preload', 'shared'],
  },
  { name: 'build', command: [node(), '.dev/build.mjs', '--if-needed'] },
  { name: 'size', command: [node(), '.dev/size.mjs'] },
  { name: 'unit', vitest: '.dev/vitest.config.ts' },
  // what a job goes through, cuts and kills among it, once more on a real Slurm
  { name: 'slurm', vitest: '.dev/vitest.config.ts', only: ['main/core/jobs'], onSlurm: true, needs: ['slurm'] },
  { name: 'contract', vitest: 'e2e/contract/vitest.config.ts', needs: ['slurm'] },
  { name: 'e2e', playwright: 'e2e/playwright.config.ts', needs: ['browser', 'electron', 'slurm'] },
];

/** Of a failure's text what fits below a long log: its first lines, without colours. */
const firstLines = (text) =>
  text
    .replaceAll(/\u001B\[[\d;]*m/g, '')
    .split('\n')
    .slice(0, 12)
    .map((line) => `    ${line}`)
    .join('\n');

function readVitest(report) {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  const failed = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = path.relative(root, name);
    const tests = assertionResults.filter((test) => test.status === 'failed');
    if (tests.length === 0) return status === 'failed' ? [`${file}\n${firstLines(message)}`] : [];
    return tests.map(
      ({ fullName, failureMessages }) => `${file} › ${fullName}\n${firstLines(failureMessages.join('\n'))}`,
    );
  });
  return { count: { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests }, failed };
}

function readPlaywright(report) {
  const { stats, suites } = JSON.parse(readFileSync(report, 'utf8'));
  const specs = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specs)];
  const failed = suites
    .flatMap(specs)
    .filter(({ ok }) => !ok)
    .flatMap(({ file, title, tests }) =>
      tests
        .filter(({ status }) => status === 'unexpected')
        .map(
          ({ projectName, results }) =>
            `[${projectName}] ${file} › ${title}\n${firstLines(results.at(-1)?.error?.message ?? '')}`,
        ),
    );
  return { count: { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped }, failed };
}

function execute(command, environment) {
  const [program, ...args] = command;
  return (
    spawnSync(program, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: environment,
      shell: process.platform === 'win32',
    }).status === 0
  );
}

/** Brings up the real Slurm of the tests; answers the line that describes it. */
function bringUpSlurm() {
  const lines = execFileSync(node(), ['e2e/cluster/cluster.mjs', 'up'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return lines.trim().split('\n').at(-1);
}

/** Runs a stage; returns whether it passed, how many tests it counted, and which of them failed with what words. */
function runStage(stage) {
  const report = path.join(reports, `${stage.name}.json`);
  const environment = programEnvironment(false);
  if (stage.vitest !== undefined) {
    if (stage.onSlurm) environment.SLIPWAY_CLUSTER = bringUpSlurm();
    const passed = execute(
      [
        bin('vitest'),
        'run',
        '-c',
        stage.vitest,
        ...(stage.only ?? []),
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ],
      environment,
    );
    return { passed, ...readVitest(report) };
  }
  if (stage.playwright !== undefined) {
    const display =
      process.platform === 'linux' && !process.env.DISPLAY ? ['xvfb-run', '-a', '-s', '-screen 0 1600x1000x24'] : [];
    const passed = execute([...display, bin('playwright'), 'test', '-c', stage.playwright], {
      ...environment,
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
    });
    return { passed, ...readPlaywright(report) };
  }
  return { passed: execute(stage.command, environment), count: { passed: 0, failed: 0, skipped: 0 }, failed: [] };
}

requireNode20();
installIfNeeded();
requireNodeApi10();
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !STAGES.some((stage) => stage.name === name));
if (unknown.length > 0) {
  say(`There is no stage ${unknown.join(', ')}; there are ${STAGES.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const missing = ensureSystemPackages();
const failures = [];
for (const { name, suites } of missing) {
  say(`Missing on this machine: ${name}. Not run, or not in full: ${suites.join(', ')}.`);
  if (process.env.CI === 'true') failures.push(`missing ${name}`);
}
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

const total = { passed: 0, failed: 0, skipped: 0 };
for (const stage of STAGES) {
  if (asked.length > 0 && !asked.includes(stage.name)) continue;
  const lacking = missing.filter(({ suites }) => suites.some((suite) => stage.needs?.includes(suite)));
  if (lacking.length > 0) {
    say(`\nNot run: ${stage.name} (needs ${lacking.map(({ name }) => name).join(', ')}).`);
    continue;
  }
  say(`\n── ${stage.name}`);
  const started = Date.now();
  const { passed, count, failed } = runStage(stage);
  for (const key of Object.keys(total)) total[key] += count[key];
  if (!passed) failures.push([stage.name, ...failed].join('\n\n  '));
  say(`── ${stage.name} ${passed ? 'passed' : 'FAILED'} in ${String(Math.round((Date.now() - started) / 1000))} s`);
}
// the contract suite leaves its Slurm up, so that a second run starts at once
if (existsSync(path.join(tmpdir(), 'slipway-cluster')))
  execute([node(), 'e2e/cluster/cluster.mjs', 'down'], programEnvironment(false));
if (process.env.CI === 'true' && total.skipped > 0) failures.push(`${String(total.skipped)} skipped tests`);
if (failures.length > 0) say(`\nFailed: ${failures.join('\nFailed: ')}`);
process.stdout.write(
  `\n${String(total.passed)} passed, ${String(total.failed)} failed, ${String(total.skipped)} skipped\n`,
);
process.exitCode = failures.length > 0 ? 1 : 0;
