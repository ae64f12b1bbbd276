import { describe, expect, it } from 'vitest';
import { ClusterFacts, Partition } from '../cluster/profile.ts';
import { inEnglish } from '../problem/testing/inEnglish.ts';
import type { SlurmRequest } from '../request/schema.ts';
import { imageProblems, type ImageUnderCheck, type KnownImage } from './checks.ts';

const partition = (name: string, changes: Partial<Partition> = {}): Partition =>
  Partition.parse({
    name,
    isDefault: name === 'normal',
    state: 'UP',
    maxTime: null,
    defaultTime: null,
    maxNodes: null,
    totalNodes: 1,
    cpusPerNode: 4,
    memoryPerNode: 1,
    cpus: { allocated: 0, idle: 0, other: 0, total: 0 },
    nodesByState: {},
    gpus: [],
    features: [],
    allowAccounts: null,
    allowQos: null,
    ...changes,
  });
const gpus = (type: string): Partition['gpus'] => [{ type, perNode: 4, total: 4, free: null }];
const facts = ClusterFacts.parse({
  clusterName: 'cedar',
  slurmVersion: '23.11',
  user: 'mia',
  home: '/home/mia',
  loginHost: 'login1',
  partitions: [
    partition('normal', { architectures: ['x86_64'] }),
    partition('gpu', { architectures: ['x86_64'], gpus: gpus('a100') }),
    partition('amd', { gpus: gpus('mi250x') }),
    partition('grace', { architectures: ['aarch64'] }),
    partition('mixed', { architectures: ['aarch64', 'x86_64'] }),
  ],
  associations: null,
  maxArraySize: null,
  clockOffset: 0,
  overridingVariables: [],
  takenAt: 0,
});

function check(
  known: Partial<KnownImage> | null,
  asked: SlurmRequest = {},
  under: Partial<ImageUnderCheck> = {},
  of: ClusterFacts | null = facts,
): [rule: string, severity: string, message: string][] {
  return inEnglish(
    imageProblems(
      {
        path: '/opt/x.sif',
        known: known === null ? null : { name: 'x.sif', ...known },
        earlier: null,
        script: '',
        isOneComputer: false,
        ...under,
      },
      asked,
      of,
    ),
  ).map(({ rule, severity, message }) => [rule, severity, message]);
}
const rules = (...given: Parameters<typeof check>): string[] => check(...given).map(([rule]) => rule);

describe('the architecture of an image', () => {
  it.each([
    ['amd64', 'normal', []],
    ['386', 'normal', []],
    ['arm64', 'grace', []],
    ['amd64', 'amd', []],
    ['amd64', 'mixed', ['image-architecture-some']],
    ['amd64', 'grace', ['image-architecture']],
    ['ppc64le', 'normal', ['image-architecture']],
    ['unknown', 'normal', ['image-architecture-unknown']],
  ] as const)('%s in %s: %j', (architecture, where, expected) => {
    expect(rules({ architecture }, { partition: where })).toEqual(expected);
  });

  it('stops a job only where none of the nodes can run it, and says so', () => {
    expect(check({ architecture: 'amd64' }, { partition: 'grace' })).toEqual([
      [
        'image-architecture',
        'error',
        'x.sif is made for amd64; the nodes there are aarch64. It would not start (“exec format error”).',
      ],
    ]);
    expect(check({ architecture: 'unknown' }, {})[0]?.[1]).toBe('warning');
    expect(rules({ architecture: 'amd64' }, { partition: 'grace,normal' })).toEqual(['image-architecture-some']);
  });

  it('is no matter where nothing is known of image or cluster', () => {
    expect(rules(null, { partition: 'grace' })).toEqual([]);
    expect(rules({}, { partition: 'grace' })).toEqual([]);
    expect(rules({ architecture: 'arm64' }, {}, {}, null)).toEqual([]);
  });
});

describe('an image and GPUs', () => {
  const cuda = { gpu: { need: 'cuda' as const, evidence: [] } };
  const rocm = { gpu: { need: 'rocm' as const, evidence: [] } };
  it.each<[string, Partial<KnownImage>, SlurmRequest, string[]]>([
    ['fit', cuda, { partition: 'gpu', gres: 'gpu:1' }, []],
    ['made for them, where the partition has none', cuda, { partition: 'normal' }, ['image-gpu-partition']],
    ['made for them, of which the job asks none', cuda, { partition: 'gpu' }, ['image-gpu-unasked']],
    ['made for those of another vendor', rocm, { partition: 'gpu', gres: 'gpu:1' }, ['image-gpu-vendor']],
    ['of the vendor that the partition has', rocm, { partition: 'amd', gpus: 2 }, []],
    ['of the vendor that is asked for', cuda, { partition: 'amd', gres: 'gpu:mi250x:1' }, ['image-gpu-vendor']],
    ['without anything for them', { gpu: { need: 'none', evidence: [] } }, { gres: 'gpu:1' }, ['image-without-gpu']],
    ['of which nobody knows', { gpu: { need: 'unknown', evidence: [] } }, { gres: 'gpu:1' }, []],
  ])('%s', (_, known, asked, expected) => {
    expect(rules(known, asked)).toEqual(expected);
    for (const [, severity] of check(known, asked)) expect(severity).toBe('warning');
  });
});

describe('whether the nodes can see and mount an image', () => {
  it('is doubted for what each node has for itself', () => {
    expect(rules(null, {}, { path: '/tmp/mia/x.sif' })).toEqual(['image-of-one-node']);
    expect(rules(null, {}, { path: '/tmp/mia/x.sif', isOneComputer: true })).toEqual([]);
    expect(rules({ node: 'cn1', partition: 'normal' }, {}, { path: '/tmp/mia/x.sif' })).toEqual([]);
    expect(rules({ node: 'cn1', partition: 'normal' }, { partition: 'gpu' })).toEqual(['image-seen-elsewhere']);
    expect(rules({ active: false })).toEqual(['image-vanished']);
  });

  it('is doubted for an encrypted one without a key', () => {
    expect(rules({ encrypted: true })).toEqual(['image-encrypted']);
    expect(rules({ encrypted: true }, {}, { script: 'apptainer exec --pem-path k.pem "$APPTAINER_IMAGE" x' })).toEqual(
      [],
    );
    expect(rules({ encrypted: true }, {}, { script: 'export APPTAINER_ENCRYPTION_PASSPHRASE' })).toEqual([]);
  });

  it.each([
    [{ kind: 'oci-sif', fileSystem: 'squashfs gzip' }, true],
    [{ kind: 'ext3', fileSystem: 'ext3' }, true],
    [{ kind: 'sif', fileSystem: 'squashfs lzma' }, true],
    [{ kind: 'sif', fileSystem: 'squashfs zstd' }, false],
    [{ kind: 'sandbox', fileSystem: null }, false],
  ] as const)('is doubted for some file systems: %j %s', (known, isDoubted) => {
    expect(rules(known)).toEqual(isDoubted ? ['image-file-system'] : []);
  });
});

describe('an image since the last run of the template', () => {
  const before = { size: 3 * 1024 ** 3, modifiedAt: 1_790_000_000, uuid: 'a', digest: null };
  const since = (now: Partial<KnownImage>, earlier: Partial<typeof before> & { digest?: string | null } = {}) =>
    check(
      { size: before.size, modifiedAt: before.modifiedAt, uuid: 'a', digest: null, ...now },
      {},
      {
        earlier: { identity: { ...before, ...earlier }, at: 1_790_000_000_000 },
      },
    );

  it('is the same', () => {
    expect(since({})).toEqual([]);
    expect(since({ uuid: null })).toEqual([]);
    expect(since({ modifiedAt: before.modifiedAt + 900, digest: 'd' }, { digest: 'd' } as never)).toEqual([]);
  });

  it('is another one, and in what', () => {
    const [[rule, severity, message] = ['', '', '']] = since({
      size: 4 * 1024 ** 3,
      modifiedAt: 1_790_009_000,
      uuid: 'b',
    });
    expect([rule, severity]).toEqual(['image-changed', 'warning']);
    expect(message).toMatch(
      /^x\.sif has changed since the last run of this template \(.+\): it had 3\S* GiB and has 4\S* GiB\. it is another build\. it was written anew on .+\.$/,
    );
    expect(since({ digest: 'e' }, { digest: 'd' } as never)[0]?.[2]).toContain('its content is another one');
  });

  it('is not judged where nothing is known of either', () => {
    expect(rules({ size: 1, modifiedAt: 1 })).toEqual([]);
    expect(rules({}, {}, { earlier: { identity: before, at: 1 } })).toEqual([]);
  });
});
