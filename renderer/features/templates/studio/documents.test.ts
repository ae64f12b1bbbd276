import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TemplateDetail } from '../../../../shared/contract/templates.ts';
import { AppError } from '../../../../shared/errors/appError.ts';
import { held, pageOf, ScriptedHost } from '../../../client/testing/scriptedHost.ts';

const host = new ScriptedHost();
const page = pageOf(host);
vi.stubGlobal('window', page);
const studio = await import('./documents.ts');
const { changeText, documentOf, openDocument, refreshDocument, saveDocument, settleConflict, useDocuments } = studio;

const KEY = 'private/mine';
const detail = (text: string, changes: Partial<TemplateDetail> = {}): TemplateDetail =>
  ({
    id: 'mine',
    source: 'private',
    writable: true,
    text,
    fileHash: `hash of ${text}`,
    fileName: 'mine.yaml',
    template: { name: text },
    problems: [],
    ...changes,
  }) as unknown as TemplateDetail;

describe('a template text that is open', () => {
  /** What the file says. */
  let file: string;
  const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
  const text = (): string | undefined => documentOf(KEY)?.text;

  beforeEach(() => {
    vi.useFakeTimers();
    host.reset();
    file = 'first';
    host.answer('templates.get', () => detail(file));
    host.answer('templates.validate', () => ({ template: null, problems: [] }));
    host.answer('templates.unsaved', () => []);
    host.answer('templates.save', (input) => {
      if (input.baseHash !== `hash of ${file}`)
        throw new AppError('TEMPLATE_CHANGED', { details: { file: 'mine.yaml' } });
      file = input.text;
      return detail(file);
    });
    useDocuments.setState({ open: {}, errors: {}, unsaved: null });
  });
  afterEach(async () => {
    await vi.runAllTimersAsync();
    vi.useRealTimers();
  });

  it('follows its file while nothing is changed here', async () => {
    await openDocument(KEY);
    file = 'of another program';
    await refreshDocument(KEY);
    expect(documentOf(KEY)).toMatchObject({ text: file, base: { text: file }, disk: null });
  });

  it('keeps what is written here when its file changes, and tells that they differ', async () => {
    await openDocument(KEY);
    changeText(KEY, 'written here');
    file = 'of another program';
    await refreshDocument(KEY);
    expect(documentOf(KEY)).toMatchObject({ text: 'written here', base: { text: 'first' }, disk: { text: file } });
  });

  it('is in no conflict with a file that says the same, or that is as before again', async () => {
    await openDocument(KEY);
    changeText(KEY, 'written here');
    file = 'of another program';
    await refreshDocument(KEY);
    file = 'first';
    await refreshDocument(KEY);
    expect(documentOf(KEY)).toMatchObject({ text: 'written here', disk: null });
    file = 'written here';
    await refreshDocument(KEY);
    expect(documentOf(KEY)).toMatchObject({ base: { text: 'written here' }, disk: null });
  });

  it('is never written over a file that changed; what is written here stays, beside what the file says', async () => {
    await openDocument(KEY);
    changeText(KEY, 'written here');
    file = 'of another program';
    await expect(saveDocument(KEY)).resolves.toBeNull();
    expect(file).toBe('of another program');
    expect(documentOf(KEY)).toMatchObject({
      text: 'written here',
      disk: { text: file },
      isSaving: false,
      saveError: { name: 'TEMPLATE_CHANGED' },
    });
  });

  it('is written over it once the person said so', async () => {
    await openDocument(KEY);
    changeText(KEY, 'written here');
    file = 'of another program';
    await saveDocument(KEY);
    settleConflict(KEY, 'mine');
    expect(documentOf(KEY)).toMatchObject({ text: 'written here', disk: null, saveError: null });
    await expect(saveDocument(KEY)).resolves.toEqual({ source: 'private', id: 'mine' });
    expect(file).toBe('written here');
  });

  it('is the file’s again when the person takes that', async () => {
    await openDocument(KEY);
    changeText(KEY, 'written here');
    file = 'of another program';
    await refreshDocument(KEY);
    settleConflict(KEY, 'file');
    expect(documentOf(KEY)).toMatchObject({ text: file, base: { text: file }, disk: null });
  });

  it('is in conflict from the start when it was kept from before the file changed', async () => {
    host.answer('templates.unsaved', () => [{ key: KEY, text: 'kept', baseHash: 'hash of zero', at: 1 }]);
    await openDocument(KEY);
    expect(documentOf(KEY)).toMatchObject({ text: 'kept', disk: { text: 'first' } });
    await expect(saveDocument(KEY)).resolves.toBeNull();
    expect(file).toBe('first');
  });

  it('keeps what is typed while it is saved, and is not saved twice at once', async () => {
    await openDocument(KEY);
    changeText(KEY, 'second');
    const slow = held<TemplateDetail>();
    host.answer('templates.save', () => slow.promise);
    const saving = saveDocument(KEY);
    changeText(KEY, 'third');
    await expect(saveDocument(KEY)).resolves.toBeNull();
    slow.keep(detail('second'));
    await saving;
    expect(documentOf(KEY)).toMatchObject({ text: 'third', base: { text: 'second' }, isSaving: false });
    expect(host.asked('templates.save')).toHaveLength(1);
  });

  it('goes to another address when its id was changed', async () => {
    await openDocument(KEY);
    changeText(KEY, 'renamed');
    host.answer('templates.save', () => detail('renamed', { id: 'other' }));
    await saveDocument(KEY);
    expect(documentOf(KEY)).toBeUndefined();
    expect(documentOf('private/other')).toMatchObject({ text: 'renamed', disk: null });
  });

  it('stays as it is when its file is gone', async () => {
    await openDocument(KEY);
    changeText(KEY, 'written here');
    host.answer('templates.get', () => {
      throw new AppError('TEMPLATE_NOT_FOUND');
    });
    host.answer('templates.text', () => {
      throw new AppError('TEMPLATE_NOT_FOUND');
    });
    await refreshDocument(KEY);
    expect(text()).toBe('written here');
  });

  it('is not put back by a second opening that was under way while somebody began to type', async () => {
    const slow = held<TemplateDetail>();
    host.answer('templates.get', () => (host.asked('templates.get').length === 1 ? detail('first') : slow.promise));
    const opening = openDocument(KEY);
    const again = openDocument(KEY);
    await opening;
    changeText(KEY, 'written here');
    slow.keep(detail('first'));
    await again;
    expect(text()).toBe('written here');
  });

  it('is kept against a crash a moment after it was typed, and at once when the window goes away', async () => {
    await openDocument(KEY);
    changeText(KEY, 'a');
    changeText(KEY, 'ab');
    expect(host.asked('templates.keepUnsaved')).toEqual([]);
    await vi.advanceTimersByTimeAsync(300);
    expect(host.asked('templates.keepUnsaved')).toEqual([{ key: KEY, text: 'ab', baseHash: 'hash of first' }]);
    changeText(KEY, 'abc');
    page.dispatchEvent(new Event('pagehide'));
    expect(host.asked('templates.keepUnsaved').at(-1)).toMatchObject({ text: 'abc' });
    studio.discardChanges(KEY);
    expect(text()).toBe('first');
    expect(host.asked('templates.keepUnsaved').at(-1)).toMatchObject({ text: null });
    await settle();
  });

  it('that was never saved is gone when it is discarded, and answers with what it said', () => {
    const key = studio.createDocument('begun');
    expect(studio.discardChanges(key)).toBe('begun');
    expect(documentOf(key)).toBeUndefined();
  });
});
