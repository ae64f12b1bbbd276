/**
 * `npm test`: everything, stages side by side. `npm test -- unit e2e` runs some; one alone says what it does while it does it, several
 * say it when they have ended. What cannot run here is named; with CI=true that is a failure. The last line counts the tests.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  installIfNeeded,
  node,
  programEnvironment,
  requireNode20,
  requireNodeApi10,
  root,
  say,
} from './environment.mjs';
import { runSideBySide } from './sideBySide.mjs';
import { commandOf, STAGES } from './stages.mjs';
import { ensureSystemPackages } from './systemPackages.mjs';
import { readReport } from './testReports.mjs';

/**
 * Many tests wait for a cluster, a timer or a program most of their time: as many stages as there are processors keep these busy.
 */
const PLACES = availableParallelism();

requireNode20();
installIfNeeded();
requireNodeApi10();
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !STAGES.some((stage) => stage.name === name));
if (unknown.length > 0) {
  say(`There is no stage ${unknown.join(', ')}; there are ${STAGES.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

const reports = path.join(root, 'test-results');
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const children = new Set();
/** The line that describes the real Slurm, once it is up. */
let cluster;

const missing = ensureSystemPackages();
for (const { name, suites } of missing) {
  say(`Missing on this machine: ${name}. Not run, or not in full: ${suites.join(', ')}.`);
  if (process.env.CI === 'true') failures.push(`missing ${name}`);
}
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

/** What was asked for, with the cluster that it needs, without what cannot run here. */
const stages = STAGES.filter((stage) => {
  const isAsked =
    asked.length === 0 ||
    asked.includes(stage.name) ||
    (stage.cluster === true && STAGES.some(({ name, holds }) => asked.includes(name) && holds === stage.name));
  const lacking = missing.filter(({ suites }) => suites.some((suite) => stage.needs?.includes(suite)));
  if (isAsked && lacking.length > 0)
    say(`\nNot run: ${stage.name} (needs ${lacking.map(({ name }) => name).join(', ')}).`);
  return isAsked && lacking.length === 0;
});
const isAlone = stages.filter((stage) => stage.cluster !== true).length === 1;

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    for (const child of children) child.kill(signal);
    process.exit(130);
  });

/** Runs a program to its end; what it prints goes to the terminal, or to a file. Resolves with whether it ended well. */
function execute([program, ...args], environment, log) {
  const output = log === null ? 'inherit' : openSync(log, 'a');
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', output, output],
      env: environment,
      shell: process.platform === 'win32',
    });
    children.add(child);
    child.once('error', (error) => {
      say(`${program}: ${error.message}`);
      resolve(false);
    });
    child.once('close', (code, signal) => {
      children.delete(child);
      // such an end leaves neither report nor word
      if (signal !== null) say(`${program} was ended by ${signal}.`);
      resolve(code === 0);
    });
  });
}

async function run(stage) {
  const report = path.join(reports, `${stage.name}.json`);
  const log = isAlone && stage.cluster !== true ? null : path.join(reports, `${stage.name}.log`);
  const environment = { ...programEnvironment(false), PLAYWRIGHT_JSON_OUTPUT_NAME: report };
  if (stage.holds === 'cluster') environment.SLIPWAY_CLUSTER = cluster;
  else delete environment.SLIPWAY_CLUSTER;
  say(`── ${stage.name} …`);
  const started = Date.now();
  const command = commandOf(stage, report);
  // beside another stage one worker is enough: more make tests of what is to happen within a time slower than that time
  if (!isAlone && stage.name === 'unit') command.push('--maxWorkers=1');
  const hasPassed = await execute(command, environment, log);
  if (hasPassed && stage.cluster === true) cluster = readFileSync(log, 'utf8').trim().split('\n').at(-1);
  const { count, failed } = readReport(stage, report);
  for (const key of Object.keys(total)) total[key] += count[key];
  if (!hasPassed) failures.push([stage.name, ...failed].join('\n\n  '));
  if (log !== null && !(stage.cluster === true && hasPassed)) {
    say(`\n── ${stage.name}`);
    await pipeline(createReadStream(log), process.stderr, { end: false });
  }
  say(`── ${stage.name} ${hasPassed ? 'passed' : 'FAILED'} in ${String(Math.round((Date.now() - started) / 1000))} s`);
  return hasPassed;
}

await runSideBySide(stages, PLACES, run, ({ name }, because) => {
  say(`\nNot run: ${name} (${because} failed).`);
  failures.push(`${name} (not run: ${because} failed)`);
});
if (existsSync(path.join(tmpdir(), 'slipway-cluster')))
  spawnSync(node(), ['e2e/cluster/cluster.mjs', 'down'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
if (process.env.CI === 'true' && total.skipped > 0) failures.push(`${String(total.skipped)} skipped tests`);
if (failures.length > 0) say(`\nFailed: ${failures.join('\nFailed: ')}`);
process.stdout.write(
  `\n${String(total.passed)} passed, ${String(total.failed)} failed, ${String(total.skipped)} skipped\n`,
);
process.exitCode = failures.length > 0 ? 1 : 0;
