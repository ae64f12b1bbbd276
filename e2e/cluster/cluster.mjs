/**
 * A real Slurm on this computer, for tests: munge, MariaDB, slurmdbd, slurmctld, slurmd and sshd on loopback.
 *
 *   node e2e/cluster/cluster.mjs up [--data DIR]      starts what does not run and prints one JSON line
 *        --logins                 with an sshd for each awkward way in, described under `logins`
 *        --without-accounting     another cluster, beside the first: no slurmdbd, some nodes down or drained
 *        --both                   both of them, the first with its logins; prints the line of the first
 *   node e2e/cluster/cluster.mjs status [--data DIR]  the same JSON line when all of it runs, else exit code 1
 *   node e2e/cluster/cluster.mjs down [--data DIR]    ends what `up` started, both clusters, by process id; data stays
 *
 * Needs root and Debian's packages; says what is missing and ends with 2 otherwise.
 */
import path from 'node:path';
import { DEFAULT_DATA, layoutOf, withoutAccounting } from './layout.mjs';
import { ensurePackages } from './packages.mjs';
import { describe, down, up } from './lifecycle.mjs';

const [command, ...rest] = process.argv.slice(2);
const at = rest.indexOf('--data');
const data = path.resolve(at >= 0 && rest[at + 1] ? rest[at + 1] : DEFAULT_DATA);
const plain = rest.includes('--without-accounting');
const layout = plain ? layoutOf(withoutAccounting(data), false) : layoutOf(data);
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

function requireMachine() {
  const problems = process.getuid?.() === 0 ? ensurePackages() : ['root (it starts daemons and makes test users)'];
  if (problems.length === 0) return;
  process.stderr.write(`The test cluster cannot run here. Missing: ${problems.join(', ')}.\n`);
  process.exit(2);
}

switch (command) {
  case 'up':
    requireMachine();
    if (rest.includes('--both')) await up(layoutOf(withoutAccounting(data), false));
    print(await up(layout, rest.includes('--logins') || rest.includes('--both')));
    break;
  case 'down':
    await Promise.all([down(layoutOf(data)), down(layoutOf(withoutAccounting(data), false))]);
    break;
  case 'status': {
    const description = describe(layout);
    if (description === null) {
      process.stderr.write(`No test cluster runs in ${layout.data}.\n`);
      process.exitCode = 1;
    } else print(description);
    break;
  }
  default:
    process.stderr.write('Usage: cluster.mjs up|status|down [--data DIR] [--without-accounting|--both] [--logins]\n');
    process.exitCode = 64;
}
