import { expect, it } from 'vitest';
import { clashesOf } from '../../shared/domain/request/exclusiveOptions.ts';
import { directive, optionWords, type OptionValue } from '../../shared/domain/request/options.ts';
import { quote } from '../../shared/lib/quote.ts';
import { jobScript, onRealSlurm } from './clusterUnderTest.ts';

const VALUES: Readonly<Record<string, OptionValue>> = {
  mem: '100M',
  mem_per_cpu: '100M',
  mem_per_gpu: '100M',
  exclusive: true,
  oversubscribe: true,
  hint: 'nomultithread',
  ntasks_per_tres: '1',
  extra_node_info: '1',
};

/** Of all options, the pairs that every release refuses. */
function refusedPairs(): Readonly<Record<string, OptionValue>>[] {
  const keys = optionWords().map(({ key }) => key);
  return keys.flatMap((one, at) =>
    keys.slice(at + 1).flatMap((other) => {
      const request = { [one]: VALUES[one] ?? 1, [other]: VALUES[other] ?? 1 };
      return clashesOf(request).some(({ message }) => message.id === 'options.excluded.refused') ? [request] : [];
    }),
  );
}

function asked(request: Readonly<Record<string, OptionValue>>): string[] {
  return Object.entries(request).map(([key, value]) => {
    const line = directive(key, value);
    if (line.kind !== 'line') throw new Error(`${key}: ${line.kind}`);
    return line.text;
  });
}

onRealSlurm('options that exclude each other', (cluster) => {
  async function answers(requests: readonly Readonly<Record<string, OptionValue>>[]): Promise<string[]> {
    const folder = cluster().runFolder();
    const each = requests.map(
      (request) =>
        `printf '%s' ${quote(jobScript(folder, [`--account=${cluster().account}`, '--partition=gpu', '--begin=now+1hour', ...asked(request)], 'true'))} >case.sh; echo @@@; sbatch --test-only case.sh 2>&1`,
    );
    const { stdout } = await cluster().run(
      `mkdir -p ${quote(folder)} && cd ${quote(folder)} || exit 1\n${each.join('\n')}`,
    );
    return stdout.split('@@@\n').slice(1);
  }

  it('are refused by sbatch, all of the table, with words that say so', async () => {
    const requests = refusedPairs();
    expect(requests.length).toBeGreaterThan(10);
    const said = await answers(requests.map((request) => ({ gpus: 2, ...request })));
    expect(requests.map((request, at) => [request, /mutually exclusive/.test(said[at] ?? '')])).toEqual(
      requests.map((request) => [request, true]),
    );
  });

  it('are not those which only read as if they did, and GPUs that do not add up are refused', async () => {
    const requests: Record<string, OptionValue>[] = [
      { ntasks: 2, ntasks_per_core: 1, ntasks_per_socket: 1 },
      { gres: 'gpu:1', gpus: 1 },
      { gpus: 1, gpus_per_node: 1 },
      { gres: 'gpu:2', gpus: 1 },
      { gpus: 1, gpus_per_task: 1, ntasks: 2 },
      { gpus: 2, gpus_per_task: 1, ntasks: 2 },
    ];
    const said = await answers(requests);
    expect(said.map((text) => /to start at/.test(text))).toEqual(
      requests.map((request) => clashesOf(request).length === 0),
    );
  });
});
