import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FileHandle } from '../../../../shared/contract/files.ts';
import type { TemplateDetail } from '../../../../shared/contract/templates.ts';
import type { ClusterId } from '../../../../shared/domain/ids.ts';
import type { Draft } from '../../../../shared/domain/job/draft.ts';
import type { ScriptPreview } from '../../../../shared/domain/job/script.ts';
import { AppError } from '../../../../shared/errors/appError.ts';
import { held, pageOf, ScriptedHost } from '../../../client/testing/scriptedHost.ts';

const host = new ScriptedHost();
const page = pageOf(host);
vi.stubGlobal('window', page);
const { addFiles, changeDraft, formSessionOf, openTemplate, resetDraft, updateFormSession, useFormSessions } =
  await import('./index.ts');
// what checks say comes from a file of its own, which no fake clock brings
await (await import('../../../i18n/index.ts')).loadLaterTexts();

const REF = { source: 'official', id: 'hello' } as const;
const KEY = 'official/hello';
const [DEMO, CORI] = ['demo', 'cori'] as [ClusterId, ClusterId];
const DETAIL = {
  ...REF,
  template: { name: 'hello', parameters: [], slurm: {}, files: [] },
} as unknown as TemplateDetail;
const SAVED = {
  clusterId: DEMO,
  templateId: 'hello',
  templateSource: 'official',
  jobName: 'saved',
  parameters: {},
  resources: {},
  imagePath: '/images/a.sif',
  files: [],
} as Draft;
const previewOf = (text: string): ScriptPreview => ({
  text,
  spans: [],
  folds: [],
  files: [],
  problems: [{ message: 'the same' }] as unknown as ScriptPreview['problems'],
  cost: null,
});
const handle = (name: string): FileHandle => ({ handle: `f-${name}`, name, size: 3 }) as unknown as FileHandle;

const named = (jobName: string) => (draft: Draft) => ({ ...draft, jobName });
const draft = (): Draft | undefined => formSessionOf(KEY)?.draft;

describe('filling in a form', () => {
  const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
  beforeEach(() => {
    vi.useFakeTimers();
    host.reset();
    host.answer('templates.get', () => DETAIL);
    host.answer('drafts.get', () => null);
    host.answer('scripts.preview', (input) => previewOf(`script of ${input.draft.jobName}`));
    host.answer('files.match', ({ files, added }) => ({
      files: [...files, ...added.map((one) => ({ handle: one, slot: 'data' }))] as never,
    }));
    useFormSessions.setState({ openKey: null, sessions: {}, openErrors: {}, focusedField: null });
  });
  afterEach(async () => {
    await vi.runAllTimersAsync();
    vi.useRealTimers();
  });

  it('begins with the draft that was saved; an image lies on one cluster, and is chosen anew on another', async () => {
    host.answer('drafts.get', () => SAVED);
    await openTemplate(REF, DEMO);
    expect(draft()).toEqual(SAVED);
    await openTemplate(REF, CORI);
    expect(draft()).toMatchObject({ clusterId: 'cori', jobName: 'saved', imagePath: null });
  });

  it('goes on with what was typed when the template is opened again', async () => {
    await openTemplate(REF, DEMO);
    changeDraft(KEY, named('typed'));
    await openTemplate(REF, DEMO);
    expect(draft()?.jobName).toBe('typed');
    expect(host.asked('templates.get')).toHaveLength(1);
  });

  it('says why a template could not be opened, until it could', async () => {
    host.answer('templates.get', () => {
      throw new AppError('TEMPLATE_NOT_FOUND');
    });
    await openTemplate(REF, DEMO);
    expect(useFormSessions.getState().openErrors[KEY]?.name).toBe('TEMPLATE_NOT_FOUND');
    host.answer('templates.get', () => DETAIL);
    await openTemplate(REF, DEMO);
    expect(useFormSessions.getState().openErrors).toEqual({});
    expect(draft()?.jobName).toBe('hello');
  });

  it('makes a script for the newest of what was typed, and none for what came between', async () => {
    await openTemplate(REF, DEMO);
    await settle();
    const slow = held<ScriptPreview>();
    host.answer('scripts.preview', () => slow.promise);
    for (const name of ['a', 'ab', 'abc']) changeDraft(KEY, named(name));
    host.answer('scripts.preview', (input) => previewOf(`script of ${input.draft.jobName}`));
    slow.keep(previewOf('script of a'));
    await settle();
    expect(host.asked('scripts.preview').map((input) => input.draft.jobName)).toEqual(['hello', 'a', 'abc']);
    expect(formSessionOf(KEY)?.preview?.text).toBe('script of abc');
  });

  it('draws nothing again that is as before', async () => {
    await openTemplate(REF, DEMO);
    await settle();
    const before = formSessionOf(KEY)?.preview;
    changeDraft(KEY, named('other'));
    await settle();
    const after = formSessionOf(KEY)?.preview;
    expect(after).not.toBe(before);
    expect(after?.problems).toBe(before?.problems);
  });

  it('does not put back what was written into the script by hand while it was made', async () => {
    await openTemplate(REF, DEMO);
    await settle();
    const slow = held<ScriptPreview>();
    host.answer('scripts.preview', () => slow.promise);
    changeDraft(KEY, named('other'));
    const next = held<ScriptPreview>();
    host.answer('scripts.preview', () => next.promise);
    changeDraft(KEY, (old) => ({ ...old, edits: { base: 'x', text: 'y' } as unknown as NonNullable<Draft['edits']> }));
    slow.keep(previewOf('of before'));
    await settle();
    expect(formSessionOf(KEY)?.preview?.text).toBe('script of hello');
    next.keep(previewOf('with what was written'));
    await settle();
    expect(formSessionOf(KEY)?.preview?.text).toBe('with what was written');
  });

  it('keeps the last script when none can be made, and says why', async () => {
    await openTemplate({ ...REF, id: 'second' }, DEMO);
    await settle();
    const key = 'official/second';
    host.answer('scripts.preview', () => {
      throw new AppError('HOST_UNREACHABLE', { details: { reason: 'closed' } });
    });
    changeDraft(key, named('other'));
    await settle();
    expect(formSessionOf(key)).toMatchObject({
      preview: { text: 'script of hello' },
      previewError: { name: 'HOST_UNREACHABLE' },
    });
  });

  it('is saved a moment after the first change, with the last; at once when the window goes away', async () => {
    await openTemplate(REF, DEMO);
    changeDraft(KEY, named('a'));
    await vi.advanceTimersByTimeAsync(200);
    changeDraft(KEY, named('ab'));
    await vi.advanceTimersByTimeAsync(100);
    expect(host.asked('drafts.save').map((input) => input.draft.jobName)).toEqual(['ab']);
    changeDraft(KEY, named('abc'));
    page.dispatchEvent(new Event('pagehide'));
    expect(host.asked('drafts.save').at(-1)?.draft.jobName).toBe('abc');
    await vi.advanceTimersByTimeAsync(1000);
    expect(host.asked('drafts.save')).toHaveLength(2);
  });

  it('is not saved for a change that is none, nor where a template is only tried', async () => {
    await openTemplate(REF, DEMO);
    await settle();
    const previews = host.asked('scripts.preview').length;
    changeDraft(KEY, (old) => old);
    await vi.advanceTimersByTimeAsync(1000);
    expect(host.asked('scripts.preview')).toHaveLength(previews);
    updateFormSession(KEY, (session) => ({
      ...session,
      previewSource: { preview: () => Promise.resolve(previewOf('tried')) },
    }));
    changeDraft(KEY, named('tried'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(host.asked('drafts.save')).toEqual([]);
    expect(formSessionOf(KEY)?.preview?.text).toBe('tried');
  });

  it('begins anew on the same cluster, and gives the old draft for undoing', async () => {
    await openTemplate(REF, CORI);
    changeDraft(KEY, named('typed'));
    expect(resetDraft(KEY)?.jobName).toBe('typed');
    expect(draft()).toMatchObject({ jobName: 'hello', clusterId: 'cori' });
  });

  it('gives files to the slots that fit, and one that is dropped on a slot to that', async () => {
    host.granting((file) => handle(file.name));
    await openTemplate(REF, DEMO);
    const adding = addFiles(KEY, [new File(['abc'], 'a.csv')]);
    expect(formSessionOf(KEY)?.incoming).toEqual(['a.csv']);
    await adding;
    await addFiles(KEY, [new File(['abc'], 'b.csv')], 'config');
    expect(draft()?.files.map(({ name, slot }) => [name, slot])).toEqual([
      ['a.csv', 'data'],
      ['b.csv', 'config'],
    ]);
    expect(formSessionOf(KEY)?.incoming).toEqual([]);
  });

  it('says why a file was not taken, and waits for it no longer', async () => {
    host.granting(() => {
      throw new AppError('FILE_NOT_FOUND');
    });
    await openTemplate(REF, DEMO);
    await addFiles(KEY, [new File(['abc'], 'a.csv')]);
    expect(formSessionOf(KEY)).toMatchObject({
      incoming: [],
      fileError: { name: 'FILE_NOT_FOUND' },
      draft: { files: [] },
    });
  });

  it('finds the files of a saved draft that are no longer there, and the new size of those that are', async () => {
    const files = [
      { handle: 'f-a', name: 'a', size: 3, slot: 'data' },
      { handle: 'f-b', name: 'b', size: 3, slot: null },
    ] as unknown as Draft['files'];
    host.answer('drafts.get', () => ({ ...SAVED, files }));
    host.answer('files.describe', () => [{ handle: 'f-a', name: 'a', size: 9 }] as never);
    await openTemplate(REF, DEMO);
    expect([...(formSessionOf(KEY)?.vanished ?? [])]).toEqual(['f-b']);
    expect(draft()?.files.map(({ size }) => size)).toEqual([9, 3]);
  });
});
