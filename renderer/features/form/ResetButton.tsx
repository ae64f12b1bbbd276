import { RotateCcw } from 'lucide-react';
import { t } from '../../i18n/index.ts';
import { IconButton } from '../../ui/index.ts';
import { useReset } from './formSessionContext.ts';

/** Gives a field the template's value back; it is there only while the field differs. */
export function ResetButton({ field, label }: { field: string; label: string }) {
  const { isChanged, reset } = useReset(field);
  return isChanged ? (
    <IconButton icon={RotateCcw} size="dense" label={t('launch.resetField', { label })} onPress={reset} />
  ) : null;
}
