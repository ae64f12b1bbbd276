import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { slurmPrelude } from '../../main/slurm/environment.ts';
import { outputPattern } from '../../shared/domain/job/outputFiles.ts';
import { parseSubmitOutcome, submitScript } from '../../main/slurm/submit.ts';
import {
  spelledScript,
  SPELLINGS,
  SUBMIT_AND_SHOW,
  submittedOf,
  type Submitted,
} from '../../main/slurm/testing/sbatchSpellings.ts';
import { quote } from '../../shared/lib/quote.ts';
import { jobScript, onEveryCluster, onRealSlurm } from './clusterUnderTest.ts';

onRealSlurm('what sbatch makes of every spelling', (cluster) => {
  it('is what was recorded, by which our reading and the demo cluster are judged', async () => {
    const site = { account: cluster().account, cluster: 'slipway' };
    const folder = cluster().runFolder();
    const each = SPELLINGS.map(
      (lines) => `printf '%s' ${quote(spelledScript(lines, site))} >case.sh; echo @@@; ${SUBMIT_AND_SHOW}`,
    );
    const { stdout } = await cluster().run(
      `mkdir -p ${quote(folder)} && cd ${quote(folder)} || exit 1\n${each.join('\n')}`,
    );
    const shown = stdout.split('@@@\n').slice(1);
    const made = SPELLINGS.map((lines, at) => ({ lines, submitted: submittedOf(shown[at] ?? '', folder, site) }));
    expect(made).toEqual(
      JSON.parse(
        readFileSync(new URL('../../main/slurm/__fixtures__/22.05.8/sbatch-spellings.json', import.meta.url), 'utf8'),
      ),
    );
  });
});

onEveryCluster('a job whose script and login would steer it', (cluster) => {
  /** Submits under the variables, waits in the queue, and answers what the job is. */
  async function submit(variables: string, directives: readonly string[], body: string): Promise<Submitted | null> {
    const folder = cluster().runFolder();
    const script = jobScript(folder, ['--begin=now+10days', ...directives], body);
    const prelude = slurmPrelude({ slurmBin: null, slurmConf: null, unset: [] });
    const { stdout } = await cluster().run(
      `${variables}\n${prelude}${submitScript({ runFolder: folder, script, checks: [], waitSeconds: 20 })}`,
    );
    const outcome = parseSubmitOutcome(stdout);
    if (outcome.kind !== 'submitted') throw new Error(JSON.stringify(outcome));
    const { stdout: record } = await cluster().run(`scontrol show job ${outcome.jobId} -o; scancel ${outcome.jobId}`);
    return submittedOf(
      `${outcome.jobId}${outcome.slurmCluster === null ? '' : `;${outcome.slurmCluster}`}\n${record}`,
      folder,
      { account: cluster().account, cluster: '' },
    );
  }

  const asWritten = {
    name: 'contract',
    output: `./${outputPattern('stdout', false)}`,
    partition: 'long',
    seconds: 120,
    held: false,
    array: null,
    cluster: null,
  };

  it('is not heard by #PBS and #BSUB lines, wherever they stand', async () => {
    const lines = ['#PBS -N b -o /tmp/b.out -q debug -h', '#BSUB -J b -o /tmp/b.out -q debug'];
    for (const line of lines) {
      expect(await submit('', ['--partition=long'], line)).toMatchObject(asWritten);
      expect(await submit('', ['--partition=long'], `cat <<END\n${line}\nEND`)).toMatchObject(asWritten);
    }
  });

  it('is not heard by variables of the login', async () => {
    const variables = [
      'OUTPUT=/tmp/b.out',
      'ERROR=/tmp/b.err',
      'JOB_NAME=b',
      'PARTITION=debug',
      'TIMELIMIT=3',
      'ARRAY_INX=0-3',
      'CLUSTERS=elsewhere',
      'ACCOUNT=nobody',
      'EXPORT=NONE',
      'WAIT=1',
      'DEBUG=1',
      'QOS=high',
      'INPUT=/etc/passwd',
    ];
    const exports = `export ${variables.map((each) => `SBATCH_${each}`).join(' ')} SLURM_CLUSTERS=elsewhere SLURM_UMASK=0000 SLURM_HOSTFILE=/etc/passwd SLURM_EXIT_ERROR=0`;
    expect(await submit(exports, ['--partition=long'], 'true')).toMatchObject({ ...asWritten, account: 'ACCOUNT' });
  });
});
