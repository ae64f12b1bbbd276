import type { ImageSummary } from '../../../shared/domain/image/schema.ts';
import { quote } from '../../../shared/lib/quote.ts';

const GPU_OPTION = { cuda: ['--nv'], rocm: ['--rocm'], none: [], unknown: [] } as const;

/**
 * The command that starts something in this image, to be pasted into a terminal or a script: with the option for the GPUs that the image
 * asks for, and `COMMAND` where the reader's own command comes.
 */
export function execCommand(image: Pick<ImageSummary, 'path' | 'gpu'>): string {
  return ['apptainer', 'exec', ...GPU_OPTION[image.gpu.need], quote(image.path), 'COMMAND'].join(' ');
}
