import { create } from 'zustand';
import type { Settings } from '../../shared/contract/program.ts';
import { client } from './index.ts';

/** `null` until they were read, before the first picture. */
export const useSettings = create<{ settings: Settings | null }>(() => ({ settings: null }));

export async function loadSettings(): Promise<Settings> {
  const settings = await client.call('settings.get', {});
  useSettings.setState({ settings });
  return settings;
}

/** Changes some settings. Rejects with CodedError when the core does not take them. */
export async function changeSettings(changes: Partial<Settings>): Promise<void> {
  useSettings.setState({ settings: await client.call('settings.update', { changes }) });
}

/** Follows changes that others make (the command line, another window). */
export function followSettings(): void {
  client.on('settings.changed', (settings) => useSettings.setState({ settings }));
  client.onResync(() => void loadSettings());
}
