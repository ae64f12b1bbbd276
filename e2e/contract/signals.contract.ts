import { expect, it } from 'vitest';
import { accountingScript, parseAccountingAnswer } from '../../main/slurm/accounting.ts';
import { finallyLines, signalLines } from '../../main/slurm/endOfJob.ts';
import { parseSubmitOutcome, submitScript } from '../../main/slurm/submit.ts';
import { outputFile } from '../../shared/domain/job/outputFiles.ts';
import { quote } from '../../shared/lib/quote.ts';
import { jobScript, onEveryCluster, until, type ClusterUnderTest } from './clusterUnderTest.ts';

/** Says when it hears the signal, and goes on. */
const LISTENS = `python3 -c 'import signal, time
signal.signal(signal.SIGUSR1, lambda *_: print("heard", flush=True))
print("ready", flush=True)
for _ in range(1200): time.sleep(0.1)'`;

/** One that ends at the signal, with a code of its own. */
const ENDS = LISTENS.replace('lambda *_: print("heard", flush=True)', 'lambda *_: exit(5)');

const withEnd = (main: string, isHeard: boolean): string => {
  const heard = signalLines('USR1', null);
  return [
    ...finallyLines(['echo "last $slipway_status $slipway_signal"'], []),
    ...(isHeard
      ? [...heard.define, 'set -eu', ...heard.begin, main, ...heard.end]
      : ['set -eu', main, 'slipway_status=$?']),
    'slipway_finish "$slipway_status"',
    'exit "$slipway_status"',
  ].join('\n');
};

async function submitted(cluster: ClusterUnderTest, directives: readonly string[], body: string) {
  const runFolder = cluster.runFolder();
  const { stdout } = await cluster.run(
    submitScript({ runFolder, script: jobScript(runFolder, directives, body), checks: [], waitSeconds: 20 }),
  );
  const outcome = parseSubmitOutcome(stdout);
  if (outcome.kind !== 'submitted') throw new Error(JSON.stringify(outcome));
  const { jobId } = outcome;
  const output = async (): Promise<string> => {
    const { stdout: text } = await cluster.run(
      `cat ${quote(`${runFolder}/${outputFile('stdout', jobId, null)}`)} 2>/dev/null || :`,
    );
    return text;
  };
  return {
    jobId,
    says: (line: string) => until(async () => (await output()).split('\n').includes(line)),
    ended: async () => {
      const row = await until(async () => {
        const answer = await cluster.run(accountingScript({ jobIds: [jobId] }));
        const [first] = parseAccountingAnswer(answer.stdout, answer.stderr).rows;
        return first !== undefined && first.end !== null && !['RUNNING', 'PENDING'].includes(first.state)
          ? first
          : null;
      });
      const exit = await cluster.run(`cat ${quote(`${runFolder}/.slipway/exit`)}`);
      return { state: row.state, exit: exit.stdout.split(' ')[0], lines: (await output()).split('\n').slice(0, -1) };
    },
  };
}

onEveryCluster('the end of a job', (cluster) => {
  it('has its last part when it is cancelled', async () => {
    const job = await submitted(cluster(), [], withEnd(LISTENS, false));
    await job.says('ready');
    await cluster().run(`scancel ${job.jobId}`);
    expect(await job.ended()).toMatchObject({ state: 'CANCELLED', exit: '143', lines: ['ready', 'last 143 '] });
  });

  it.for([
    ['the program itself', ENDS],
    ['a job step', `cat >step <<'STEP'\n#!/bin/bash\nexec ${ENDS}\nSTEP\nchmod 755 step; srun --overlap ./step`],
  ] as const)('is told of a signal to its script at once, and so is %s', async ([, main]) => {
    const job = await submitted(cluster(), ['--signal=B:USR1@30'], withEnd(main, true));
    await job.says('ready');
    await cluster().run(`scancel --batch --signal=USR1 ${job.jobId}`);
    expect(await job.ended()).toMatchObject({ state: 'FAILED', exit: '5', lines: ['ready', 'last 5 USR1'] });
  });

  it('hears the signal before its time limit, and has its last part after it', { timeout: 300_000 }, async () => {
    const job = await submitted(cluster(), ['--time=1', '--signal=B:USR1@30'], withEnd(LISTENS, true));
    await job.says('heard');
    expect(await job.ended()).toMatchObject({
      state: 'TIMEOUT',
      exit: '143',
      lines: ['ready', 'heard', 'last 143 USR1'],
    });
  });
});
