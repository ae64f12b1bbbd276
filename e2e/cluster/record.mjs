/**
 * Records what the running test cluster prints for every command that Slipway uses, into main/slurm/__fixtures__/VERSION/.
 *
 *   npm run cluster -- up && npm run cluster -- up --without-accounting && npx node e2e/cluster/record.mjs
 *
 * Needs Node 24 (it imports the command builders themselves). Job ids, times and host names differ from recording to recording; the
 * tests ask for nothing that depends on them.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { accountingCommand } from '../../main/slurm/accounting.ts';
import { cancelCommand } from '../../main/slurm/cancel.ts';
import { slurmPrelude } from '../../main/slurm/environment.ts';
import { factsScript } from '../../main/slurm/facts.ts';
import { usageScript } from '../../main/slurm/clusterUsage.ts';
import { modulesScript } from '../../main/slurm/modules.ts';
import { quotaScript } from '../../main/slurm/quotas.ts';
import { queueCommand } from '../../main/slurm/queue.ts';
import { testOnlyScript } from '../../main/slurm/dryRun.ts';
import { quote } from '../../shared/lib/quote.ts';
import { pause } from './daemons.mjs';
import { describe } from './lifecycle.mjs';
import { DEFAULT_DATA, layoutOf, withoutAccounting } from './layout.mjs';

const USER = 'slipuser';
const layout = layoutOf(DEFAULT_DATA);
const plainLayout = layoutOf(withoutAccounting(DEFAULT_DATA), false);
const cluster = describe(layout);
const plain = describe(plainLayout);
if (cluster === null || plain === null)
  throw new Error('Bring both clusters up first: npm run cluster -- up, and with --without-accounting');

function runOn({ slurmConf }, { modulefiles, scratch }, script) {
  const prelude = slurmPrelude({ slurmBin: null, slurmConf, unset: [] });
  const env = { PATH: process.env.PATH, HOME: `/home/${USER}`, USER, MODULEPATH: modulefiles, SCRATCH: scratch(USER) };
  const { status, stdout, stderr } = spawnSync('runuser', ['-u', USER, '--', 'sh', '-s'], {
    input: `cd; ${prelude}\n${script}\n`,
    encoding: 'utf8',
    env,
  });
  return { status, stdout, stderr };
}
const run = (script) => runOn(cluster, layout, script);
const runPlain = (script) => runOn(plain, plainLayout, script);

const version = run('sinfo --version').stdout.trim().split(' ').at(-1);
const folder = path.join(import.meta.dirname, '../../main/slurm/__fixtures__', version);
mkdirSync(folder, { recursive: true });
const keep = (name, { status, stdout, stderr }) =>
  writeFileSync(
    path.join(folder, `${name}.json`),
    `${JSON.stringify({ exitCode: status, stdout, stderr }, null, 1)}\n`,
  );

const sbatch = (options, body = 'exit 0') =>
  run(`printf '#!/bin/bash\\n%s\\n' ${quote(body)} | sbatch --parsable --output=/dev/null ${options}`);
const ODD = {
  partition: '-p nowhere',
  memory: '-p normal --mem=900G',
  cpus: '-p normal -N1 -c 64',
  gres: '-p normal --gres=gpu:1',
  'gres-type': '-p gpu --gres=gpu:h100:1',
  account: '-A nobody',
  qos: '--qos=gold',
  time: '-t tomorrow',
  feature: '-C nothing',
  'node-name': '-w cn99',
  array: '--array=0-5000',
  dependency: '-d afterok:99999999',
  reservation: '--reservation=none',
  license: '-L matlab',
  option: '--nonsense',
  'deny-on-limit': '--qos=express -t 2:00:00',
  memory0: '--mem=abc',
};
for (const [name, options] of Object.entries(ODD)) keep(`sbatch-${name}`, sbatch(options));
keep('sbatch-crlf', run(`printf '#!/bin/bash\\r\\necho hi\\r\\n' | sbatch --parsable`));
keep('sbatch-shebang', run(`printf 'echo hi\\n' | sbatch --parsable`));
keep(
  'sbatch-controller',
  run(
    `sed "s/^SlurmctldPort=.*/SlurmctldPort=1/" ${quote(cluster.slurmConf)} >/tmp/slipway-no-controller.conf; SLURM_CONF=/tmp/slipway-no-controller.conf; export SLURM_CONF; printf '#!/bin/sh\\n' | timeout 20 sbatch --parsable; rc=$?; rm -f /tmp/slipway-no-controller.conf; exit $rc`,
  ),
);

const id = (answer) => answer.stdout.trim();
const ids = {
  ok: id(sbatch('-J ok')),
  failed: id(sbatch('-J failed', 'exit 3')),
  signal: id(sbatch('-J signal', 'kill -9 $$')),
  running: id(sbatch('-J running -t 5', 'sleep 60')),
  gpu: id(sbatch('-J gpu -p gpu --gres=gpu:a100:2 -t 5', 'sleep 60')),
  cancelled: id(sbatch('-J cancelled', 'sleep 60')),
  held: id(sbatch('-J held -H')),
  timelimit: id(sbatch('-J timelimit -p debug -t 3:00:00')),
  resources: id(sbatch('-J resources -N2 -c16 --mem=60G -t 10')),
  array: id(sbatch('-J array --array=1,4-40:3%2 -t 1', 'sleep 5')),
  hostile: id(sbatch(`-J ${quote('a|b\x1fc "d" $(e) 한글 \' ' + 'x'.repeat(300))} -H`)),
  newline: id(sbatch(`-J ${quote('first\nsecond')} -H`)),
  short: id(sbatch('-J short --qos=short -t 2:00:00')),
  thesis: id(sbatch('-J thesis -A slipthesis -t 1:00:00', 'sleep 60')),
  'thesis-second': id(sbatch('-J thesis-second -A slipthesis -t 1:00:00')),
  'denied-account': id(sbatch('-J denied-account -A slipthesis -p long -t 1:00:00')),
  'denied-qos': id(sbatch('-J denied-qos --qos=express -p gpu -t 10')),
  'other-account': id(sbatch('-J other-account -p private')),
  maintenance: id(sbatch('-J maintenance -p long -t 7-0')),
};
keep('sbatch-accepted', sbatch('-J accepted -H'));
await pause(4000);
run(cancelCommand(ids.cancelled));
await pause(3000);
keep('squeue', run(queueCommand(USER)));
keep('squeue-unknown', run('squeue -h -j 99999999'));
keep('sacct', run(accountingCommand({ jobIds: Object.values(ids) })));
keep('sacct-unknown-field', run('sacct -X -n -P -o JobID,Nonsense'));
keep('scancel-finished', run(cancelCommand(ids.ok)));
keep('scancel-unknown', run(cancelCommand('99999999')));
keep('facts', run(factsScript()));
keep('load', run(usageScript({ waiting: true })));
keep('modules', run(modulesScript()));
keep('quota-site', run(quotaScript({ quotaCommand: cluster.quotaCommand, scratch: layout.scratch(USER) })));
keep('quota-usual', run(quotaScript({ quotaCommand: null, scratch: layout.scratch(USER) })));
keep('reservations', run('scontrol show reservation -o'));
keep('squeue-reasons', run(`squeue -h --me -t PENDING -o '%i|%q|%P|%r'`));
const TRIED = ['-p gpu --gres=gpu:1', '-p nowhere', '--qos=express -t 2:00:00', '-p long -t 7-0'];
const testOnly = (options) => run(`printf '#!/bin/bash\\n' | sbatch --test-only --chdir=/tmp ${options}`);
keep('test-only', testOnly('-p gpu --gres=gpu:1'));
keep('test-only-refused', testOnly('-p nowhere'));
keep(
  'test-only-variants',
  run(
    testOnlyScript({
      runFolder: '/tmp',
      scripts: TRIED.map((options) => `#!/bin/bash\n#SBATCH ${options}\n`),
      mark: '@mark',
    }),
  ),
);
keep('without-accounting-facts', runPlain(factsScript()));
keep('without-accounting-load', runPlain(usageScript({ waiting: true })));
keep('without-accounting-sacct', runPlain(accountingCommand({ jobIds: ['1'] })));
run(`scancel -u ${USER}`);
writeFileSync(path.join(folder, 'jobs.json'), `${JSON.stringify(ids, null, 1)}\n`);
process.stdout.write(`${folder}\n`);
