import { useState } from 'react';
import { TextField, type TextFieldProps } from '../../../ui/index.ts';

export interface BoundFieldProps extends Omit<TextFieldProps, 'onChange' | 'onBlur'> {
  onCommit: (text: string) => void;
}

/** A text that is written into the template as somebody types. While it has the focus it shows what was typed; the text follows a moment later. */
export function BoundField({ value, onCommit, ...field }: BoundFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <TextField
      {...field}
      value={typed ?? value}
      onChange={(text) => {
        setTyped(text);
        onCommit(text);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}
