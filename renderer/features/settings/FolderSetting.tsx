import { useState } from 'react';
import { TextField } from '../../ui/index.ts';

/** A folder's path as text; it counts when the field is left or Enter is pressed. Empty is `null`. */
export function FolderSetting({ label, help, value, onChange }: { label: string; help: string; value: string | null; onChange: (value: string | null) => void }) {
  const [draft, setDraft] = useState(value ?? '');
  const commit = (): void => {
    const next = draft.trim() === '' ? null : draft.trim();
    if (next !== value) onChange(next);
  };
  return <TextField label={label} help={help} value={draft} mono onChange={setDraft} onBlur={commit} onSubmit={commit} />;
}
