import { environmentOf } from './environment.ts';
import { baseOf } from './labels.ts';
import type { ImageMetadata } from './metadata.ts';
import { whyUnknown } from './unknown.ts';

/** Something in the image that speaks for an answer: where it stands, and the words. They are the image's own, and short. */
export interface ImageEvidence {
  readonly where: 'labels' | 'environment' | 'definition';
  readonly text: string;
}

export interface GpuNeed {
  /** `none`: the image says how it was built, and nothing of it speaks for a GPU. `unknown`: it does not say enough. */
  readonly need: 'cuda' | 'rocm' | 'none' | 'unknown';
  readonly evidence: readonly ImageEvidence[];
}

type Kind = 'cuda' | 'rocm';
const MOST_EVIDENCE = 10;
const SHOWN = 200;

/** Variables of the CUDA and ROCm base images. Source: nvidia/container-images/cuda (Dockerfiles), NVIDIA container toolkit, ROCm/ROCm-docker. */
const VARIABLES: Readonly<Record<string, Kind>> = {
  NVIDIA_REQUIRE_CUDA: 'cuda',
  CUDA_VERSION: 'cuda',
  NV_CUDA_LIB_VERSION: 'cuda',
  CUDA_HOME: 'cuda',
  NVIDIA_VISIBLE_DEVICES: 'cuda',
  NVIDIA_DRIVER_CAPABILITIES: 'cuda',
  ROCM_VERSION: 'rocm',
  ROCM_PATH: 'rocm',
  HIP_PATH: 'rocm',
  HSA_PATH: 'rocm',
};
/** With these the variables switch GPUs off. Source: NVIDIA container toolkit, docker-specialized. */
const OFF = ['', 'void', 'none'];
const LIBRARIES: readonly (readonly [RegExp, Kind])[] = [
  [/\/usr\/local\/(?:cuda|nvidia)\b/, 'cuda'],
  [/\/opt\/rocm\b/, 'rocm'],
];
/** Base images that bring CUDA or ROCm along. */
const BASES: readonly (readonly [RegExp, Kind])[] = [
  [/(?:^|\/)nvidia\/cuda(?:[:@/]|$)/, 'cuda'],
  [/^(?:docker:\/\/)?nvcr\.io\/(?:nvidia|hpc|partners)\//, 'cuda'],
  [/[:\-_.](?:cuda|cudnn|cu\d{2,3})(?:[\d.:\-_]|$)/, 'cuda'],
  [/tensorflow\/tensorflow:[\w.-]{0,100}gpu/, 'cuda'],
  [/(?:^|\/)rocm\//, 'rocm'],
  [/[:\-_.]rocm(?:[\d.:\-_]|$)/, 'rocm'],
];

/**
 * Whether what is in the image wants a GPU, and of which kind, with what speaks for it. It is a reading of labels, environment and definition: an image
 * may use a GPU without saying so, and one that is made for it may do without.
 */
export function gpuNeed(image: ImageMetadata): GpuNeed {
  const found = [...ofLabels(image), ...ofEnvironment(image), ...ofBase(image)];
  const evidence = found.slice(0, MOST_EVIDENCE).map(([, each]) => each);
  const kinds = new Set(found.map(([kind]) => kind));
  if (kinds.size > 0) return { need: kinds.has('cuda') ? 'cuda' : 'rocm', evidence };
  const isOpen = (['labels', 'environment', 'definition'] as const).some((field) => whyUnknown(image, field) !== null);
  // an image on top of a local one says nothing of what that had
  const says =
    image.oci !== null ||
    (baseOf(image) !== null && !/^bootstrap[ \t]*:[ \t]*localimage/im.test(image.definition?.text ?? ''));
  return { need: isOpen || !says ? 'unknown' : 'none', evidence: [] };
}

type Found = readonly [Kind, ImageEvidence];
const found = (kind: Kind, where: ImageEvidence['where'], text: string): Found => [
  kind,
  { where, text: text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text },
];

function ofLabels({ labels }: ImageMetadata): Found[] {
  return Object.entries(labels).flatMap(([name, value]) => {
    const label = name.toLowerCase();
    if (label.startsWith('com.nvidia.')) return [found('cuda', 'labels', `${name}: ${value}`)];
    if (/^(?:org\.)?(?:cuda|rocm)(?:[._-]?version)?$/.test(label))
      return [found(label.includes('rocm') ? 'rocm' : 'cuda', 'labels', `${name}: ${value}`)];
    return [];
  });
}

function ofEnvironment(image: ImageMetadata): Found[] {
  const environment = environmentOf(image);
  const named = Object.entries(VARIABLES).flatMap(([name, kind]) => {
    const value = environment.get(name);
    return value === undefined || OFF.includes(value) ? [] : [found(kind, 'environment', `${name}=${value}`)];
  });
  const paths = environment.get('LD_LIBRARY_PATH') ?? '';
  const libraries = LIBRARIES.filter(([pattern]) => pattern.test(paths)).map(([, kind]) =>
    found(kind, 'environment', `LD_LIBRARY_PATH=${paths}`),
  );
  return [...named, ...libraries];
}

function ofBase(image: ImageMetadata): Found[] {
  const base = baseOf(image);
  const kind = BASES.find(([pattern]) => pattern.test((base ?? '').toLowerCase()))?.[1];
  if (base === null || kind === undefined) return [];
  const isWritten = image.definition?.text.includes(base) === true;
  return [found(kind, isWritten ? 'definition' : 'labels', `From: ${base}`)];
}
