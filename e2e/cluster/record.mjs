/**
 * Records what the running test cluster prints for every command that Slipway uses, into main/slurm/__fixtures__/VERSION/.
 *
 *   npm run cluster -- up && npx node e2e/cluster/record.mjs
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
import { queueCommand } from '../../main/slurm/queue.ts';
import { testOnlyScript } from '../../main/slurm/testOnly.ts';
import { quote } from '../../shared/lib/quote.ts';
import { pause } from './daemons.mjs';
import { describe } from './lifecycle.mjs';
import { DEFAULT_DATA, layoutOf } from './layout.mjs';

const USER = 'slipuser';
const cluster = describe(layoutOf(DEFAULT_DATA));
if (cluster === null) throw new Error('Bring the cluster up first: npm run cluster -- up');

function run(script) {
  const prelude = slurmPrelude({ slurmBin: null, slurmConf: cluster.slurmConf, unset: [] });
  const { status, stdout, stderr } = spawnSync('runuser', ['-u', USER, '--', 'sh', '-s'], { input: `cd; ${prelude}\n${script}\n`, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: `/home/${USER}`, USER } });
  return { status, stdout, stderr };
}

const version = run('sinfo --version').stdout.trim().split(' ').at(-1);
const folder = path.join(import.meta.dirname, '../../main/slurm/__fixtures__', version);
mkdirSync(folder, { recursive: true });
const keep = (name, { status, stdout, stderr }) => writeFileSync(path.join(folder, `${name}.json`), `${JSON.stringify({ exitCode: status, stdout, stderr }, null, 1)}\n`);

const sbatch = (options, body = 'exit 0') => run(`printf '#!/bin/bash\\n%s\\n' ${quote(body)} | sbatch --parsable --output=/dev/null ${options}`);
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
  memory0: '--mem=abc',
};
for (const [name, options] of Object.entries(ODD)) keep(`sbatch-${name}`, sbatch(options));
keep('sbatch-crlf', run(`printf '#!/bin/bash\\r\\necho hi\\r\\n' | sbatch --parsable`));
keep('sbatch-shebang', run(`printf 'echo hi\\n' | sbatch --parsable`));
keep('sbatch-controller', run(`sed "s/^SlurmctldPort=.*/SlurmctldPort=1/" ${quote(cluster.slurmConf)} >/tmp/slipway-no-controller.conf; SLURM_CONF=/tmp/slipway-no-controller.conf; export SLURM_CONF; printf '#!/bin/sh\\n' | timeout 20 sbatch --parsable; rc=$?; rm -f /tmp/slipway-no-controller.conf; exit $rc`));

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
};
keep('sbatch-accepted', sbatch('-J accepted -H'));
await pause(4000);
run(cancelCommand(ids.cancelled));
await pause(3000);
keep('squeue', run(queueCommand(USER)));
keep('squeue-unknown', run('squeue -h -j 99999999'));
keep('sacct', run(accountingCommand(Object.values(ids))));
keep('sacct-unknown-field', run('sacct -X -n -P -o JobID,Nonsense'));
keep('scancel-finished', run(cancelCommand(ids.ok)));
keep('scancel-unknown', run(cancelCommand('99999999')));
keep('facts', run(factsScript()));
keep('test-only', run(testOnlyScript({ runFolder: '/tmp', script: '#!/bin/bash\n#SBATCH -p gpu --gres=gpu:1\n' })));
keep('test-only-refused', run(testOnlyScript({ runFolder: '/tmp', script: '#!/bin/bash\n#SBATCH -p nowhere\n' })));
run(`scancel -u ${USER}`);
writeFileSync(path.join(folder, 'jobs.json'), `${JSON.stringify(ids, null, 1)}\n`);
process.stdout.write(`${folder}\n`);
