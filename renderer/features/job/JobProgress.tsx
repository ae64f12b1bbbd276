import { t } from '../../i18n/index.ts';
import { ProgressBar } from '../../ui/index.ts';
import { shownProgress, type OfProgress } from './progress.ts';

interface JobProgressProps {
  of: OfProgress;
  /** With what the script said beside the number, where there is room for it. */
  inWords?: boolean;
}

/** The bar of a job or task whose script says how far it is; nothing where it does not. */
export function JobProgress({ of, inWords = false }: JobProgressProps) {
  const shown = shownProgress(of);
  if (shown === null) return null;
  const { value, percent, said, tone } = shown;
  const text = inWords && said !== '' ? `${percent} · ${said}` : percent;
  return <ProgressBar value={value} label={t('jobs.facts.progress')} text={text} tone={tone} />;
}
