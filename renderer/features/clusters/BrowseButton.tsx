import type { PlaceKind } from '../../../shared/contract/bridge.ts';
import { errorText } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';
import { t } from '../../i18n/index.ts';
import { Button, showToast } from '../../ui/index.ts';

/** Beside a path of this computer: the system's dialog, by whose choice a file outside of ~/.ssh may be named. In a browser there is none. */
export function BrowseButton({
  what,
  label,
  onChosen,
}: {
  what: PlaceKind;
  label: string;
  onChosen: (path: string) => void;
}) {
  const { choosePlace } = client;
  if (choosePlace === null) return null;
  const browse = async (): Promise<void> => {
    const chosen = await choosePlace(what);
    if (chosen !== null) onChosen(chosen);
  };
  return (
    <Button
      size="dense"
      aria-label={t('clusters.form.browseFor', { label })}
      onPress={() =>
        void browse().catch((error: unknown) => showToast({ kind: 'bad', title: label, detail: errorText(error) }))
      }
    >
      {t('clusters.form.browse')}
    </Button>
  );
}
