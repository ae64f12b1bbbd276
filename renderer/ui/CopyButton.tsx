import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { t } from '../i18n/index.ts';
import { Button, IconButton } from './Button.tsx';

/** Puts a text on the clipboard and says so for a moment. With `children` it is a button with a word. */
export function CopyButton({ text, label, children }: { text: string; label?: string; children?: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = (): void =>
    void navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => undefined,
    );
  const icon = isCopied ? Check : Copy;
  if (children !== undefined) {
    return (
      <Button size="dense" icon={icon} onPress={copy}>
        {isCopied ? t('ui.copied') : children}
      </Button>
    );
  }
  return (
    <IconButton size="dense" icon={icon} label={isCopied ? t('ui.copied') : (label ?? t('ui.copy'))} onPress={copy} />
  );
}
