import { dialog, type BrowserWindow } from 'electron';
import type { OutputOf } from '../../../shared/contract/index.ts';
import { plain } from '../../../shared/lib/plain.ts';
import type { Program } from '../program.ts';
import { APP_ORIGIN } from './appScheme.ts';
import { parseLink } from './links.ts';

let isTelling = false;

/** One sentence at a time: a page may open links without end. */
async function tell(window: BrowserWindow, sentence: string): Promise<void> {
  if (isTelling) return;
  isTelling = true;
  try {
    await dialog.showMessageBox(window, { type: 'info', title: 'Slipway', message: plain(sentence) });
  } finally {
    isTelling = false;
  }
}

/** Shows what a link names: a template, on Launch, with nothing filled in and nothing sent. What it does not name is said. */
export async function openLink(starting: Promise<Program>, show: () => BrowserWindow, text: string): Promise<void> {
  const { dispatch } = await starting;
  const window = show();
  if (window.isMinimized()) window.restore();
  window.focus();
  const link = parseLink(text);
  if (link.kind === 'refused') {
    await tell(window, link.sentence);
    return;
  }
  const answer = await dispatch('templates.get', { id: link.id });
  if (!answer.ok) {
    await tell(window, `${answer.error.message}\n${answer.error.hint}`);
    return;
  }
  const { source, id } = answer.value as OutputOf<'templates.get'>;
  const contents = window.webContents;
  if (contents.isLoading()) await new Promise<void>((resolve) => contents.once('did-stop-loading', () => resolve()));
  const address = `${APP_ORIGIN}/#/launch/${source}/${encodeURIComponent(id)}`;
  // the same page with another hash: it is not loaded anew, and what is being edited stays
  if (!contents.isDestroyed() && contents.getURL() !== address) await contents.loadURL(address);
}
