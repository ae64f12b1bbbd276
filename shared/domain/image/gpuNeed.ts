import { environmentOf } from './environment.ts';
import { baseWithSource } from './labels.ts';
import type { ImageMetadata } from './metadata.ts';
import type { GpuNeed } from './schema.ts';
import { whyUnknown } from './unknown.ts';

/** What a label, a variable or the definition file says for an answer, by its name. The words are the image's own, and cut to what a line shows. */
export type ImageEvidence = GpuNeed['evidence'][number];

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
 * may use a GPU without saying so, and one that is made for it may do without. `none` says that the image tells how it was built and nothing of it speaks
 * for a GPU; `unknown`, that it does not tell enough.
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
    (baseWithSource(image) !== null && !/^bootstrap[ \t]*:[ \t]*localimage/im.test(image.definition?.text ?? ''));
  return { need: isOpen || !says ? 'unknown' : 'none', evidence: [] };
}

type Found = readonly [Kind, ImageEvidence];
const found = (kind: Kind, where: ImageEvidence['where'], name: string, text: string): Found => [
  kind,
  { where, name, text: text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text },
];

function ofLabels({ labels }: ImageMetadata): Found[] {
  return Object.entries(labels).flatMap(([name, value]) => {
    const label = name.toLowerCase();
    if (label.startsWith('com.nvidia.')) return [found('cuda', 'label', name, value)];
    if (/^(?:org\.)?(?:cuda|rocm)(?:[._-]?version)?$/.test(label))
      return [found(label.includes('rocm') ? 'rocm' : 'cuda', 'label', name, value)];
    return [];
  });
}

function ofEnvironment(image: ImageMetadata): Found[] {
  const environment = environmentOf(image);
  const named = Object.entries(VARIABLES).flatMap(([name, kind]) => {
    const value = environment.get(name);
    return value === undefined || OFF.includes(value) ? [] : [found(kind, 'environment', name, value)];
  });
  const paths = environment.get('LD_LIBRARY_PATH') ?? '';
  const libraries = LIBRARIES.filter(([pattern]) => pattern.test(paths)).map(([, kind]) =>
    found(kind, 'environment', 'LD_LIBRARY_PATH', paths),
  );
  return [...named, ...libraries];
}

function ofBase(image: ImageMetadata): Found[] {
  const base = baseWithSource(image);
  const kind = BASES.find(([pattern]) => pattern.test((base?.base ?? '').toLowerCase()))?.[1];
  return base === null || kind === undefined ? [] : [found(kind, base.where, base.name, base.base)];
}
