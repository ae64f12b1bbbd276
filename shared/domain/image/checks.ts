/** Go or no-go before a job is sent: what is known of its image against what is asked for and where it goes. Pure. */
import type { ClusterFacts, Partition } from '../cluster/profile.ts';
import { identityChanges, identityOf, type ImageIdentity } from './identity.ts';
import { imageName } from './names.ts';
import { requestedPartitions } from '../limits/check.ts';
import { problem, type Problem } from '../problem/schema.ts';
import { requestSize } from '../request/size.ts';
import type { SlurmRequest } from '../request/schema.ts';
import { formatBytes } from '../../lib/bytes.ts';
import { message, type Message } from '../../messages/message.ts';
import { ERRORS } from '../../errors/codes.ts';
import { gpuVendor } from './gpuVendor.ts';
import type { ImageSummary } from './schema.ts';

/** What is known of an image, as far as it was ever read; what is absent is not known. */
export type KnownImage = Pick<ImageSummary, 'name'> & Partial<ImageSummary>;

/** The image of an earlier run, and when that was made (epoch ms). */
export interface EarlierImage {
  readonly identity: ImageIdentity;
  readonly at: number;
}

export interface ImageUnderCheck {
  readonly path: string;
  readonly known: KnownImage | null;
  /** Of the last run of the same template with an image at this path; null: none is known. */
  readonly earlier: EarlierImage | null;
  /** The finished script. */
  readonly script: string;
  /** All nodes are one computer, as the demo cluster's are: none has a folder for itself. */
  readonly isOneComputer: boolean;
}

const warn = (rule: string, what: Message, hint: Message | null): Problem =>
  problem({
    rule,
    code: ERRORS.IMAGE_NOT_ALLOWED.code,
    severity: 'warning',
    message: what,
    hint,
    field: 'image',
  });

/** All that speaks against the image, the gravest first. What is not known of image or cluster speaks against nothing, but for an unknown architecture. */
export function imageProblems(under: ImageUnderCheck, asked: SlurmRequest, facts: ClusterFacts | null): Problem[] {
  const partitions = facts === null ? [] : requestedPartitions(asked, facts);
  const { known } = under;
  return [
    ...(known === null ? [] : [...checkArchitecture(known, partitions), ...checkGpus(known, asked, partitions)]),
    ...checkPlace(under, partitions),
    ...(known === null
      ? []
      : [...checkKey(known, under.script), ...checkFileSystem(known), ...checkChange(under, known)]),
  ];
}

/** What `uname -m`, and so Slurm, calls the processors that run an image of a Go architecture. */
const MACHINES: Readonly<Record<string, readonly string[]>> = {
  386: ['i386', 'i486', 'i586', 'i686', 'x86_64'],
  amd64: ['x86_64', 'amd64'],
  arm: ['armv6l', 'armv7l', 'aarch64'],
  arm64: ['aarch64', 'arm64'],
  ppc64: ['ppc64'],
  ppc64le: ['ppc64le'],
  mips: ['mips'],
  mipsle: ['mips'],
  mips64: ['mips64'],
  mips64le: ['mips64'],
  s390x: ['s390x'],
  riscv64: ['riscv64'],
  loong64: ['loongarch64'],
};

function checkArchitecture({ name, architecture }: KnownImage, partitions: readonly Partition[]): Problem[] {
  if (architecture === undefined) return [];
  const machines = MACHINES[architecture];
  if (machines === undefined)
    return [warn('image-architecture-unknown', message('imageRule.architectureUnknown', { image: name }), null)];
  const there = [...new Set(partitions.flatMap(({ architectures }) => architectures))];
  const fitting = there.filter((machine) => machines.includes(machine));
  if (there.length === 0 || fitting.length === there.length) return [];
  const values = { image: name, architecture, there: there.join(', ') };
  return fitting.length === 0
    ? [
        {
          ...warn(
            'image-architecture',
            message('imageRule.otherArchitecture', values),
            message('imageRule.otherArchitectureHint'),
          ),
          severity: 'error',
        },
      ]
    : [
        warn(
          'image-architecture-some',
          message('imageRule.someArchitecture', values),
          message('imageRule.someArchitectureHint'),
        ),
      ];
}

const VENDORS = { cuda: 'NVIDIA', rocm: 'AMD' } as const;

function checkGpus({ name, gpu }: KnownImage, asked: SlurmRequest, partitions: readonly Partition[]): Problem[] {
  const types = [...requestSize(asked).gpus].flatMap(([type, count]) => (count > 0 ? [type] : []));
  const isAsked = types.length > 0;
  if (gpu?.need === 'none' && isAsked)
    return [
      warn('image-without-gpu', message('imageRule.noGpuNeed', { image: name }), message('imageRule.noGpuNeedHint')),
    ];
  if (gpu?.need !== 'cuda' && gpu?.need !== 'rocm') return [];
  const values = { image: name, vendor: VENDORS[gpu.need] };
  if (!isAsked) {
    const noneThere = partitions.length > 0 && partitions.every(({ gpus }) => gpus.length === 0);
    return [
      noneThere
        ? warn(
            'image-gpu-partition',
            message('imageRule.gpuOnCpuPartition', {
              ...values,
              partition: partitions.map((each) => each.name).join(', '),
            }),
            message('imageRule.gpuOnCpuPartitionHint'),
          )
        : warn('image-gpu-unasked', message('imageRule.gpuUnasked', values), message('imageRule.gpuUnaskedHint')),
    ];
  }
  const vendor = gpuVendor(
    types.some((type) => type !== '') ? types : partitions.flatMap((each) => each.gpus.map(({ type }) => type)),
  );
  return vendor === null || vendor === gpu.need
    ? []
    : [
        warn(
          'image-gpu-vendor',
          message('imageRule.otherGpuVendor', { ...values, there: VENDORS[vendor] }),
          message('imageRule.otherArchitectureHint'),
        ),
      ];
}

/** Folders that each node has for itself. */
const OF_ONE_NODE = /^\/(?:tmp|var\/tmp|dev\/shm|run)\//;

function checkPlace({ path, known, isOneComputer }: ImageUnderCheck, partitions: readonly Partition[]): Problem[] {
  const image = imageName(path);
  if (known?.node == null && !isOneComputer && OF_ONE_NODE.test(path))
    return [
      warn(
        'image-of-one-node',
        message('imageRule.ofOneNode', { image, folder: path.slice(0, path.lastIndexOf('/')) }),
        message('imageRule.ofOneNodeHint'),
      ),
    ];
  if (
    known?.node != null &&
    known.partition != null &&
    !partitions.some(({ name }) => name === known.partition) &&
    partitions.length > 0
  )
    return [
      warn(
        'image-seen-elsewhere',
        message('imageRule.seenElsewhere', { image, node: known.node, partition: known.partition }),
        message('imageRule.otherArchitectureHint'),
      ),
    ];
  if (known?.active === false)
    return [
      warn(
        'image-vanished',
        message('imageRule.near', { image, reason: message('imageRule.vanished') }),
        message('errors.IMAGE_NOT_FOUND.hint'),
      ),
    ];
  return [];
}

/** How scripts and environments name the key of an encrypted image. Source: apptainer exec --pem-path, --passphrase. */
const KEY = /--pem-path|--passphrase|(?:APPTAINER|SINGULARITY)_ENCRYPTION_/;

const checkKey = ({ name, encrypted }: KnownImage, script: string): Problem[] =>
  encrypted === true && !KEY.test(script)
    ? [warn('image-encrypted', message('imageRule.encrypted', { image: name }), message('imageRule.encryptedHint'))]
    : [];

/** File systems that many sites' kernels or set-ups do not mount. Sources: Documentation/filesystems/squashfs.rst of Linux; Apptainer's admin guide. */
function checkFileSystem({ name, kind, fileSystem }: KnownImage): Problem[] {
  const say = (what: Message): Problem[] => [warn('image-file-system', what, message('imageRule.fileSystemHint'))];
  if (kind === 'oci-sif') return say(message('imageRule.ociSif', { image: name }));
  if (fileSystem?.startsWith('ext3') === true) return say(message('imageRule.ext3', { image: name }));
  if (fileSystem === 'squashfs lzma') return say(message('imageRule.lzma', { image: name }));
  return [];
}

function checkChange({ earlier }: ImageUnderCheck, image: KnownImage): Problem[] {
  const now = identityOf(image);
  if (earlier === null || now === null) return [];
  const { identity } = earlier;
  const what = identityChanges(identity, now).map((key): Message => {
    switch (key) {
      case 'size':
        return message('imageRule.changedSize', { before: formatBytes(identity.size), now: formatBytes(now.size) });
      case 'uuid':
        return message('imageRule.changedBuild');
      case 'digest':
        return message('imageRule.changedContent');
      case 'modifiedAt':
        return message('imageRule.changedTime', { time: now.modifiedAt * 1000 });
    }
  });
  const [first, ...others] = what;
  if (first === undefined) return [];
  return [
    warn(
      'image-changed',
      message('imageRule.changed', {
        image: image.name,
        time: earlier.at,
        what: others.reduce((all, each) => message('words.both', { first: all, second: each }), first),
      }),
      message('imageRule.changedHint'),
    ),
  ];
}
