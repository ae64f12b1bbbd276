import { CircleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { isMessage } from '../../shared/messages/message.ts';
import { sayError, sayMessage, t, type SaidError } from '../i18n/index.ts';
import { Button } from './Button.tsx';
import { CopyButton } from './CopyButton.tsx';
import './ErrorNotice.css';

/** An error as the interface shows it: a CodedError, or the same fields of a job's record. */
export interface ShownError extends SaidError {
  code: number;
  requestId?: string | null;
}

/** A message of the details as its sentence, in a list too. */
const saidWithin = (value: unknown): unknown => (isMessage(value) ? sayMessage(value) : value);

/** Lines of an error's details: sentences, commands and output as they are, everything else as JSON. */
function detailLines(error: ShownError): string {
  const lines = [`${t('ui.errorCode')}: ${String(error.code)}`];
  if (error.requestId) lines.push(`${t('ui.requestId')}: ${error.requestId}`);
  for (const [key, value] of Object.entries(error.details ?? {})) {
    if (value === null || value === undefined || value === '') continue;
    const said = saidWithin(value);
    const text = typeof said === 'string' ? said : JSON.stringify(said, (_, each: unknown) => saidWithin(each));
    lines.push(text.includes('\n') ? `${key}:\n${text}` : `${key}: ${text}`);
  }
  return lines.join('\n');
}

/** A failure where the thing is: the sentence, the next step (`action`), and everything a support desk would ask for. */
export function ErrorNotice({ error, action, title }: { error: ShownError; action?: ReactNode; title?: string }) {
  const [isOpen, setOpen] = useState(false);
  const { message, hint } = sayError(error);
  const details = detailLines(error);
  return (
    <div className="error-notice" role="alert" data-testid="error" data-code={error.code}>
      <CircleAlert size={16} aria-hidden />
      <div className="error-body">
        {title ? <strong>{title}</strong> : null}
        <p className="selectable">{message}</p>
        {hint ? <p className="secondary selectable">{hint}</p> : null}
        <div className="error-actions">
          {action}
          <Button size="dense" variant="quiet" aria-expanded={isOpen} onPress={() => setOpen(!isOpen)}>
            {t('ui.details')}
          </Button>
        </div>
        {isOpen ? (
          <div className="error-details">
            <pre className="selectable">{details}</pre>
            <CopyButton text={`${message}\n${details}`} label={t('ui.copyDetails')} />
          </div>
        ) : null}
      </div>
    </div>
  );
}
