import { create } from 'zustand';
import type { TemplateSummary } from '../../shared/contract/templates.ts';
import type { CodedError } from '../../shared/errors/codedError.ts';
import { appErrorOf } from '../client/pageError.ts';
import { client } from '../client/index.ts';

interface Library {
  /** `null` until the first answer. */
  templates: readonly TemplateSummary[] | null;
  error: CodedError | null;
}

/** All templates as the core last listed them. */
export const useLibrary = create<Library>(() => ({ templates: null, error: null }));

export async function loadLibrary(): Promise<void> {
  try {
    useLibrary.setState({ templates: await client.call('templates.list', {}), error: null });
  } catch (error) {
    useLibrary.setState({ error: appErrorOf(error) });
  }
}

/** Loads the list and follows changes on disk until the returned function is called. */
export function followLibrary(): () => void {
  const reload = (): void => void loadLibrary();
  const duties = [client.on('templates.changed', reload), client.onResync(reload)];
  reload();
  return () => {
    for (const duty of duties) void duty.dispose();
  };
}
