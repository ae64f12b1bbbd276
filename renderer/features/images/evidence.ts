import type { GpuNeed } from '../../../shared/domain/image/schema.ts';
import { plainLine } from '../../../shared/lib/plain.ts';
import { t } from '../../i18n/index.ts';

/** Where each thing that speaks for a GPU need was read, with the words there. */
export function evidenceLines({ evidence }: GpuNeed): string[] {
  return evidence.map(({ where, name, text }) =>
    t(`images.evidence.${where}`, { name: plainLine(name), text: plainLine(text) }),
  );
}
