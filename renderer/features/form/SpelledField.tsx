import { useState } from 'react';
import { TextField, type FieldProps } from '../../ui/index.ts';

export interface SpelledFieldProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  /** Turns what people type into the spelling that is kept. */
  spell: (text: string) => string;
  /** What the kept text means, shown below. */
  read: (text: string) => string | null;
  placeholder?: string;
}

/** A text with a spelling of its own: while it has the focus it shows what was typed, afterwards what was understood. */
export function SpelledField({ value, onChange, spell, read, placeholder, ...field }: SpelledFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed !== null && spell(typed) === value ? typed : value;
  const meaning = read(value);
  return (
    <TextField
      {...field}
      {...(meaning === null ? {} : { help: meaning === value ? (field.help ?? '') : `= ${meaning}` })}
      {...(placeholder === undefined ? {} : { placeholder })}
      value={shown}
      onChange={(text) => {
        setTyped(text);
        onChange(spell(text));
      }}
      onBlur={() => setTyped(null)}
    />
  );
}
