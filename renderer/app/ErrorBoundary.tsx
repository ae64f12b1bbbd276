import { Component, type ReactNode } from 'react';
import { appErrorOf } from '../client/pageError.ts';
import { t } from '../i18n/index.ts';
import { Button, ErrorNotice } from '../ui/index.ts';

/** A screen that breaks while it is drawn says so, and leaves the rest of the window usable. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const shown = appErrorOf(error);
    const details = error instanceof Error && error.stack ? { ...shown.details, stack: error.stack } : shown.details;
    return (
      <div className="page-error">
        <ErrorNotice
          title={t('app.failed')}
          error={{
            code: shown.code,
            message: error instanceof Error ? error.message : shown.message,
            hint: t('app.failedHint'),
            details,
          }}
          action={
            <Button size="dense" onPress={() => this.setState({ error: null })}>
              {t('app.drawAnew')}
            </Button>
          }
        />
      </div>
    );
  }
}
