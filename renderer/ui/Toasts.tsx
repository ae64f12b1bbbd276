import { CircleAlert, CircleCheck, Info, X } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { t } from '../i18n/index.ts';
import { Button, IconButton } from './Button.tsx';
import './Toasts.css';

export interface Toast {
  kind: 'ok' | 'bad' | 'info';
  title: string;
  detail?: string;
  action?: { label: string; onPress: () => void };
}

interface ShownToast extends Toast {
  id: number;
}

const LIFE_MS = 6000;
const FAILURE_LIFE_MS = 20_000;
const MOST = 4;

let shown: readonly ShownToast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function change(next: readonly ShownToast[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

function dismiss(id: number): void {
  change(shown.filter((toast) => toast.id !== id));
}

/**
 * Tells a result of work in the background, and only that: what needs a decision stands where the thing is. Six seconds to read; a failure
 * that can be opened, and so stands elsewhere too, has twenty, any other stays until it is dismissed.
 */
export function showToast(toast: Toast): void {
  lastId += 1;
  const id = lastId;
  change([...shown, { ...toast, id }].slice(-MOST));
  if (toast.kind !== 'bad') setTimeout(() => dismiss(id), LIFE_MS);
  else if (toast.action) setTimeout(() => dismiss(id), FAILURE_LIFE_MS);
}

const ICONS = { ok: CircleCheck, bad: CircleAlert, info: Info } as const;

export function ToastRegion() {
  const toasts = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
  return (
    <section className="toasts" aria-label={t('ui.notifications')} aria-live="polite">
      {toasts.map((toast) => {
        const Icon = ICONS[toast.kind];
        const { action } = toast;
        return (
          <div key={toast.id} className={`toast toast-${toast.kind}`} data-testid="toast">
            <Icon size={16} aria-hidden />
            <div className="toast-text">
              <strong>{toast.title}</strong>
              {toast.detail ? <span className="secondary">{toast.detail}</span> : null}
            </div>
            {action ? (
              <Button
                size="dense"
                onPress={() => {
                  dismiss(toast.id);
                  action.onPress();
                }}
              >
                {action.label}
              </Button>
            ) : null}
            <IconButton icon={X} size="dense" label={t('ui.dismiss')} onPress={() => dismiss(toast.id)} />
          </div>
        );
      })}
    </section>
  );
}
