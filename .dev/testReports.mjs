/** What vitest and playwright report of a run, in the same words: how many tests, and which failed with what. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './environment.mjs';

const NONE = { passed: 0, failed: 0, skipped: 0 };

/** Of a failure's text what fits below a long log: its first lines, without colours. */
const firstLines = (text) =>
  text
    .replaceAll(/\u001B\[[\d;]*m/g, '')
    .split('\n')
    .slice(0, 12)
    .map((line) => `    ${line}`)
    .join('\n');

function readVitest({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults }) {
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

function readPlaywright({ stats, suites }) {
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

/** The tests that a stage counted. One that ended before it could write its report counts none, and its log says why. */
export function readReport(stage, report) {
  if (stage.vitest === undefined && stage.playwright === undefined) return { count: NONE, failed: [] };
  if (!existsSync(report)) return { count: NONE, failed: ['it ended without a report'] };
  const written = JSON.parse(readFileSync(report, 'utf8'));
  return stage.vitest === undefined ? readPlaywright(written) : readVitest(written);
}
