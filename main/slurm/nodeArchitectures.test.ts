import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ARCHITECTURES_COMMAND, architecturesOf } from './nodeArchitectures.ts';

/** Lines as Slurm 22.05 to 25.05 print them, shortened. */
const NODES = `NodeName=cn1 Arch=x86_64 CoresPerSocket=1 CPUAlloc=0 State=IDLE Partitions=normal,long BootTime=None
NodeName=cn2 Arch=x86_64 CoresPerSocket=1 CPUAlloc=0 State=IDLE Partitions=normal,long BootTime=None
NodeName=gh1 Arch=aarch64 CoresPerSocket=72 Gres=gpu:gh200:1 State=IDLE Partitions=gpu,long Reason=a Partitions-less word
NodeName=new CoresPerSocket=1 CPUAlloc=0 State=UNKNOWN Partitions=normal
`;

test('each partition has the processors of its nodes; of one that never came up nothing is known', () => {
  const { stdout } = spawnSync(
    'sh',
    ['-c', `slipway_limit() { shift; "$@"; }\nscontrol() { printf '%s' "$NODES"; }\n${ARCHITECTURES_COMMAND}`],
    { env: { PATH: process.env['PATH'], NODES }, encoding: 'utf8' },
  );
  expect([...architecturesOf(stdout)]).toEqual([
    ['gpu', ['aarch64']],
    ['long', ['aarch64', 'x86_64']],
    ['normal', ['x86_64']],
  ]);
});

test('what is no answer says nothing', () => {
  expect(architecturesOf('slurm_load_node error: Unable to contact slurm controller\n\n').size).toBe(0);
});
