import type { ImageSummary } from '../../shared/domain/image/schema.ts';
import { formatBytes } from '../../shared/lib/bytes.ts';
import { plainLine } from '../../shared/lib/plain.ts';

/** What a GPU need is called by those who make GPUs; null where there is none, or it is not known. */
export function gpuName(image: Pick<ImageSummary, 'gpu'>): 'CUDA' | 'ROCm' | null {
  const { need } = image.gpu;
  return need === 'cuda' ? 'CUDA' : need === 'rocm' ? 'ROCm' : null;
}

/**
 * The facts by which an image is chosen, shortest first: version, GPU, architecture, size. The same in every language; what is not known
 * is left out. An image's version is its maker's words, so it is made safe to show.
 */
export function shortFacts(image: Pick<ImageSummary, 'version' | 'gpu' | 'architecture' | 'size' | 'kind'>): string[] {
  const gpu = gpuName(image);
  return [
    ...(image.version === null ? [] : [plainLine(image.version)]),
    ...(gpu === null ? [] : [gpu]),
    ...(image.architecture === 'unknown' ? [] : [image.architecture]),
    // the size of a folder says nothing of what lies in it
    ...(image.kind === 'sandbox' ? [] : [formatBytes(image.size)]),
  ];
}
