import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, type Settings } from '../../../shared/contract/program.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { openStore } from '../../store/index.ts';
import type { Store } from '../ports.ts';
import { createSettings, settingsHandlers, uiHandlers } from './settings.ts';

let folder: string;
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-settings-'));
  store = openStore({ file: path.join(folder, 'slipway.db') });
});
afterEach(async () => {
  await store.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Folders below the test's own may be named. */
const requireFolder = (name: string, given: string): void => {
  if (!path.isAbsolute(given)) throw new AppError('SETTING_INVALID', { details: { name } });
  if (!given.startsWith(folder)) throw new AppError('LOCAL_PLACE_REFUSED', { details: { path: given } });
};
const context = { requestId: 'request-1' as never, signal: new AbortController().signal };
const open = (onChange: (settings: Settings) => void = () => undefined) =>
  createSettings({ documents: store.documents, places: { requireFolder }, onChange });

describe('settings', () => {
  it('begin with the defaults', async () => {
    expect(await settingsHandlers(open())['settings.get']({}, context)).toEqual(DEFAULT_SETTINGS);
  });

  it('keep what was changed over a restart, and tell of it', async () => {
    const told: Settings[] = [];
    const changed = await settingsHandlers(open((settings) => told.push(settings)))['settings.update'](
      { changes: { theme: 'dark', language: undefined } },
      context,
    );
    expect(changed).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark' });
    expect(told).toEqual([changed]);
    expect(open().current()).toEqual(changed);
  });

  it('lose only the one value that this version does not know', () => {
    store.documents.set('settings', 'settings', { theme: 'plaid', submissionsPerMinute: 3 });
    expect(open().current()).toEqual({ ...DEFAULT_SETTINGS, submissionsPerMinute: 3 });
  });

  it('refuse a template folder that is not a whole path: 5004, and nothing changes', () => {
    const settings = open();
    expect(() => settings.update({ theme: 'dark', privateTemplates: 'templates' })).toThrow(AppError);
    expect(settings.current()).toEqual(DEFAULT_SETTINGS);
  });

  it('refuse a template folder that the person has not chosen, and use none that came into the store by other ways', () => {
    const settings = open();
    expect(() => settings.update({ communityTemplates: '/etc' })).toThrow(
      expect.objectContaining({ name: 'LOCAL_PLACE_REFUSED' }),
    );
    settings.update({ communityTemplates: path.join(folder, 'shared') });
    expect(open().current().communityTemplates).toBe(path.join(folder, 'shared'));
    store.documents.set('settings', 'settings', { theme: 'dark', communityTemplates: '/etc' });
    expect(open().current()).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark' });
  });
});

describe('what the interface remembers', () => {
  it('has so many names at most; what is there may still change: 5002', async () => {
    const ui = uiHandlers(store.documents);
    for (let n = 0; n < 1000; n += 1) await ui['ui.set']({ key: `k${String(n)}`, value: '' }, context);
    expect(() => ui['ui.set']({ key: 'one-more', value: '' }, context)).toThrow(
      expect.objectContaining({ name: 'RECORD_FAILED' }),
    );
    await ui['ui.set']({ key: 'k7', value: 'changed' }, context);
    expect(await ui['ui.get']({ key: 'k7' }, context)).toEqual({ value: 'changed' });
  });

  it('comes back as it was', async () => {
    const ui = uiHandlers(store.documents);
    expect(await ui['ui.get']({ key: 'pane' }, context)).toEqual({ value: null });
    await ui['ui.set']({ key: 'pane', value: '{"width":320}' }, context);
    expect(await ui['ui.get']({ key: 'pane' }, context)).toEqual({ value: '{"width":320}' });
  });
});
