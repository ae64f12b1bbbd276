/** What a person does with a whole template. Failures are told where they are not already beside the text. */
import { appErrorOf } from '../../../client/pageError.ts';
import { client } from '../../../client/index.ts';
import { t } from '../../../i18n/index.ts';
import { navigate, showToast } from '../../../ui/index.ts';
import { loadLibrary, useLibrary } from '../../../stores/library.ts';
import { templateKey } from '../browser/index.ts';
import { segmentsOf, type TemplateRef } from './address.ts';
import {
  changeText,
  closeDocument,
  createDocument,
  discardChanges,
  documentOf,
  saveDocument,
  type StudioDocument,
} from './documents.ts';
import { freeId, starterText } from './starter.ts';

export function showDocument(key: string, tab?: string): void {
  navigate('templates', [...segmentsOf(key), ...(tab === undefined ? [] : [tab])]);
}

function tell(error: unknown): void {
  const { message, hint } = appErrorOf(error);
  showToast({ kind: 'bad', title: message, detail: hint });
}

export function newTemplate(): void {
  const taken = new Set((useLibrary.getState().templates ?? []).map(({ id }) => id));
  showDocument(createDocument(starterText(freeId(taken))));
}

/** Saves, and goes where the template is now. */
export async function save(key: string, options: { broken?: boolean } = {}): Promise<void> {
  const place = await saveDocument(key, options);
  if (!place) return;
  await loadLibrary();
  if (templateKey(place) !== key) showDocument(templateKey(place));
  showToast({ kind: 'ok', title: t('studio.saved') });
}

export async function clone(ref: TemplateRef): Promise<void> {
  try {
    const copy = await client.call('templates.clone', { id: ref.id, source: ref.source });
    await loadLibrary();
    showDocument(templateKey(copy));
  } catch (error) {
    tell(error);
  }
}

export async function archive(ref: TemplateRef, name: string): Promise<void> {
  try {
    await client.call('templates.archive', { id: ref.id, source: ref.source });
    closeDocument(templateKey(ref));
    await loadLibrary();
    navigate('templates', []);
    showToast({
      kind: 'info',
      title: t('studio.archived', { name }),
      action: { label: t('studio.undo'), onPress: () => void restore(ref.id) },
    });
  } catch (error) {
    tell(error);
  }
}

export async function restore(id: string): Promise<void> {
  try {
    const back = await client.call('templates.restore', { id });
    closeDocument(`archived/${id}`);
    await loadLibrary();
    showDocument(templateKey(back));
  } catch (error) {
    tell(error);
  }
}

export async function erase(id: string): Promise<void> {
  try {
    await client.call('templates.erase', { id });
    closeDocument(`archived/${id}`);
    await loadLibrary();
    navigate('templates', []);
  } catch (error) {
    tell(error);
  }
}

export async function setFavourite(ref: TemplateRef, favourite: boolean): Promise<void> {
  try {
    await client.call('templates.favourite', { id: ref.id, source: ref.source, favourite });
    await loadLibrary();
  } catch (error) {
    tell(error);
  }
}

/** Forgets what was not saved; it can be undone while the message stands. */
export function discard(key: string): void {
  const isNew = documentOf(key)?.ref === null;
  const text = discardChanges(key);
  if (isNew) navigate('templates', []);
  if (text === null) return;
  showToast({
    kind: 'info',
    title: t('studio.discarded'),
    action: {
      label: t('studio.undo'),
      onPress: () => {
        if (isNew) showDocument(createDocument(text));
        else changeText(key, text);
      },
    },
  });
}

/** Hands the text to the person as a file. */
export function exportText({ text, detail, ref }: StudioDocument): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/yaml' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = detail?.fileName ?? `${ref?.id ?? 'template'}.yaml`;
  link.click();
  URL.revokeObjectURL(address);
}
