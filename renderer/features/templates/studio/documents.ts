/** The template texts that are open: what is on disk, what is being written, and what the core says of it. */
import { create } from 'zustand';
import type { OutputOf } from '../../../../shared/contract/index.ts';
import type { TemplateDetail } from '../../../../shared/contract/templates.ts';
import type { Problem } from '../../../../shared/domain/problem/schema.ts';
import type { Template } from '../../../../shared/domain/template/schema.ts';
import type { CodedError } from '../../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../../client/pageError.ts';
import { client } from '../../../client/index.ts';
import { latestWins } from '../../../lib/latestWins.ts';
import { templateKey } from '../../../lib/templateKey.ts';
import { newKey, readAddress, segmentsOf, type TemplateRef } from './address.ts';

/** A text as it is on disk. `hash`: null where there is no file. */
export interface OnDisk {
  text: string;
  hash: string | null;
}

export interface StudioDocument {
  key: string;
  /** What the library says of it; null for a text that was never saved or has never been a good template. */
  detail: TemplateDetail | null;
  ref: TemplateRef | null;
  /** The text that the person began from. */
  base: OnDisk;
  text: string;
  /** The template of the text, or of the last text that was one. */
  template: Template | null;
  /** Whether `template` is the text's own. */
  isGood: boolean;
  problems: readonly Problem[];
  /** Set when another program changed the file while the text here is not saved. */
  disk: OnDisk | null;
  isSaving: boolean;
  saveError: CodedError | null;
}

export type Unsaved = OutputOf<'templates.unsaved'>[number];

interface Documents {
  open: Readonly<Record<string, StudioDocument>>;
  /** Why a template could not be opened. */
  errors: Readonly<Record<string, CodedError>>;
  /** Texts of an earlier run of the program that are not saved; null until they are known. */
  unsaved: readonly Unsaved[] | null;
}

export const useDocuments = create<Documents>(() => ({ open: {}, errors: {}, unsaved: null }));

export function isChanged(document: StudioDocument): boolean {
  return document.text !== document.base.text;
}

export function mayWrite({ detail, ref }: StudioDocument): boolean {
  return detail?.writable ?? (ref === null || ref.source === 'private');
}

export function documentOf(key: string): StudioDocument | undefined {
  return useDocuments.getState().open[key];
}

export function updateDocument(key: string, changes: Partial<StudioDocument>): void {
  useDocuments.setState(({ open }) => {
    const before = open[key];
    return before ? { open: { ...open, [key]: { ...before, ...changes } } } : {};
  });
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

function put(document: StudioDocument): void {
  useDocuments.setState(({ open, errors }) => ({
    open: { ...open, [document.key]: document },
    errors: without(errors, document.key),
  }));
}

/** Asks once for the texts that an earlier run left unsaved. */
export async function loadUnsaved(): Promise<readonly Unsaved[]> {
  const known = useDocuments.getState().unsaved;
  if (known !== null) return known;
  const unsaved = await client.call('templates.unsaved', {});
  useDocuments.setState({ unsaved });
  return unsaved;
}

async function readDetail(
  ref: TemplateRef,
): Promise<Pick<StudioDocument, 'detail' | 'template' | 'problems'> & { disk: OnDisk }> {
  try {
    const detail = await client.call('templates.get', { id: ref.id, source: ref.source });
    return {
      detail,
      template: detail.template,
      problems: detail.problems,
      disk: { text: detail.text, hash: detail.fileHash },
    };
  } catch (error) {
    // a file that has never been a good template can be mended all the same
    const raw = await client.call('templates.text', ref).catch(() => null);
    if (raw === null) throw error;
    return { detail: null, template: null, problems: raw.problems, disk: { text: raw.text, hash: raw.hash } };
  }
}

/** Opens what an address names: with the text that was not saved, if there is one. */
export async function openDocument(key: string): Promise<void> {
  if (documentOf(key)) {
    await refreshDocument(key);
    return;
  }
  const ref = readAddress(segmentsOf(key))?.ref ?? null;
  try {
    const kept = (await loadUnsaved()).find((unsaved) => unsaved.key === key);
    if (ref === null) {
      if (kept) put(fresh(key, kept.text));
      else useDocuments.setState(({ errors }) => ({ errors: { ...errors, [key]: appErrorOf(new Error(key)) } }));
    } else {
      const { disk, ...read } = await readDetail(ref);
      // opened twice at once: what was typed since the first is not put back
      if (documentOf(key)) return;
      const text = kept?.text ?? disk.text;
      const isOther = kept !== undefined && kept.baseHash !== disk.hash && text !== disk.text;
      // it was begun from another text than the file has now: a save must not go over that unasked
      const base = isOther ? { text: disk.text, hash: kept.baseHash } : disk;
      put({
        key,
        ref,
        ...read,
        base,
        text,
        isGood: read.problems.length === 0,
        disk: isOther ? disk : null,
        isSaving: false,
        saveError: null,
      });
    }
    checkSoon(key);
  } catch (error) {
    useDocuments.setState(({ errors }) => ({ errors: { ...errors, [key]: appErrorOf(error) } }));
  }
}

function fresh(key: string, text: string): StudioDocument {
  return {
    key,
    detail: null,
    ref: null,
    base: { text: '', hash: null },
    text,
    template: null,
    isGood: false,
    problems: [],
    disk: null,
    isSaving: false,
    saveError: null,
  };
}

/** Opens a text that is not saved yet. Answers with its key. */
export function createDocument(text: string): string {
  const key = newKey();
  put(fresh(key, text));
  keepSoon(key);
  checkSoon(key);
  return key;
}

/** Looks at the file again: what is not changed here follows it, what is changed here is told that they differ. */
export async function refreshDocument(key: string): Promise<void> {
  const ref = documentOf(key)?.ref;
  if (!ref) return;
  try {
    const { disk, ...read } = await readDetail(ref);
    const now = documentOf(key);
    if (!now || now.isSaving) return;
    if (disk.hash === now.base.hash) updateDocument(key, { detail: read.detail, disk: null });
    else if (!isChanged(now) || now.text === disk.text) {
      updateDocument(key, { ...read, base: disk, text: disk.text, disk: null });
      keepSoon(key);
      checkSoon(key);
    } else updateDocument(key, { detail: read.detail ?? now.detail, disk });
  } catch {
    // gone from the library, or the link is down: the text here stays as it is
  }
}

const checks = new Map<string, (key: string) => void>();

async function check(key: string): Promise<void> {
  const document = documentOf(key);
  if (!document) return;
  const { text } = document;
  try {
    const { template, problems } = await client.call('templates.validate', {
      text,
      ...(document.detail ? { fileName: document.detail.fileName } : {}),
    });
    if (documentOf(key)?.text === text)
      updateDocument(key, { problems, isGood: template !== null, ...(template ? { template } : {}) });
  } catch {
    // the link's own notice says why; the next change asks again
  }
}

/** Has the text checked as it is now. */
export function checkSoon(key: string): void {
  let request = checks.get(key);
  if (!request) {
    request = latestWins(check);
    checks.set(key, request);
  }
  request(key);
}

/** What a person types into the text. */
export function changeText(key: string, text: string): void {
  if (documentOf(key)?.text === text) return;
  updateDocument(key, { text, saveError: null });
  keepSoon(key);
  checkSoon(key);
}

const KEEP_AFTER_MS = 300;
const keeping = new Map<string, ReturnType<typeof setTimeout>>();

/** Keeps the text across a crash; a text that is as on disk needs no keeping. */
export function keepSoon(key: string): void {
  if (keeping.has(key)) return;
  keeping.set(
    key,
    setTimeout(() => keep(key), KEEP_AFTER_MS),
  );
}

function keep(key: string): void {
  clearTimeout(keeping.get(key));
  keeping.delete(key);
  const document = documentOf(key);
  const isKept = document !== undefined && isChanged(document);
  const baseHash = document?.base.hash ?? null;
  // what cannot be kept now is kept with the next change; until then it is in the window
  client.call('templates.keepUnsaved', { key, text: isKept ? document.text : null, baseHash }).catch(() => undefined);
  useDocuments.setState(({ unsaved }) => ({
    unsaved: [
      ...(isKept ? [{ key, text: document.text, baseHash, at: Date.now() }] : []),
      ...(unsaved ?? []).filter((other) => other.key !== key),
    ],
  }));
}

/** Forgets what was not saved. The text is as on disk again; a text that was never saved is gone. Answers with what it was. */
export function discardChanges(key: string): string | null {
  const document = documentOf(key);
  const text = document?.text ?? null;
  if (document && document.ref !== null) {
    updateDocument(key, { text: document.base.text, disk: null, saveError: null });
    checkSoon(key);
  } else closeDocument(key);
  keep(key);
  return text;
}

export function closeDocument(key: string): void {
  useDocuments.setState(({ open }) => ({ open: without(open, key) }));
}

/** Settles a file that changed on disk meanwhile: its text is taken, or the text here will be saved over it. */
export function settleConflict(key: string, take: 'file' | 'mine'): void {
  const document = documentOf(key);
  if (!document?.disk) return;
  updateDocument(key, {
    base: document.disk,
    disk: null,
    saveError: null,
    ...(take === 'file' ? { text: document.disk.text } : {}),
  });
  keepSoon(key);
  checkSoon(key);
}

/** Writes the text. Answers with the template's place, which is another one after its id has changed; null when it was not saved. */
export async function saveDocument(key: string, options: { broken?: boolean } = {}): Promise<TemplateRef | null> {
  const document = documentOf(key);
  if (!document || document.isSaving) return null;
  const { text, ref } = document;
  const source = ref?.source === 'community' ? 'community' : 'private';
  updateDocument(key, { isSaving: true, saveError: null });
  try {
    const saved = await client.call('templates.save', {
      source,
      text,
      baseHash: document.base.hash,
      broken: options.broken ?? false,
      ...(ref ? { id: ref.id } : {}),
    });
    const { template } = saved;
    const place: TemplateRef = { source: saved.source, id: saved.id };
    const base: OnDisk = { text: saved.text, hash: saved.fileHash };
    const savedKey = templateKey(place);
    const now = documentOf(key);
    // who typed on while it was saved keeps that
    const later = now !== undefined && now.text !== text ? now.text : base.text;
    if (savedKey !== key) {
      closeDocument(key);
      keep(key);
    }
    put({
      ...(now ?? document),
      key: savedKey,
      ref: place,
      detail: template ? { ...saved, template } : null,
      base,
      text: later,
      disk: null,
      isSaving: false,
      saveError: null,
    });
    keep(savedKey);
    checkSoon(savedKey);
    return place;
  } catch (error) {
    updateDocument(key, { isSaving: false, saveError: appErrorOf(error) });
    if (appErrorOf(error).name === 'TEMPLATE_CHANGED') await refreshDocument(key);
    return null;
  }
}

// A window that closes within the delay must not forget.
window.addEventListener('pagehide', () => {
  for (const key of [...keeping.keys()]) keep(key);
});
