import { useState } from 'react';
import { client } from '../../client/index.ts';
import { t } from '../../i18n/index.ts';
import { Button, TextField } from '../../ui/index.ts';

interface FolderSettingProps {
  label: string;
  help: string;
  value: string | null;
  onChange: (value: string | null) => void;
  onError: (error: unknown) => void;
}

/**
 * A folder's path as text; it counts when the field is left or Enter is pressed. Empty is `null`. A folder outside of the data folder is taken
 * only when it was chosen in the system's dialog, or allowed in a terminal.
 */
export function FolderSetting({ label, help, value, onChange, onError }: FolderSettingProps) {
  const [draft, setDraft] = useState(value ?? '');
  const { choosePlace } = client;
  const commit = (): void => {
    const next = draft.trim() === '' ? null : draft.trim();
    if (next !== value) onChange(next);
  };
  const browse = (choose: NonNullable<typeof choosePlace>): void =>
    void choose('templates').then((chosen) => {
      if (chosen === null) return;
      setDraft(chosen);
      onChange(chosen);
    }, onError);
  return (
    <TextField
      label={label}
      help={choosePlace === null ? `${help} ${t('settings.folderByCommand')}` : help}
      value={draft}
      mono
      onChange={setDraft}
      onBlur={commit}
      onSubmit={commit}
      aside={
        choosePlace === null ? undefined : (
          <Button size="dense" onPress={() => browse(choosePlace)}>
            {t('settings.browse')}
          </Button>
        )
      }
    />
  );
}
