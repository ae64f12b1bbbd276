/** Opening templates, and what follows each change of a draft: the preview at once, the saved draft a moment later. */
import type { Draft, DraftFile } from '../../../../shared/domain/job/draft.ts';
import type { ClusterId } from '../../../../shared/domain/ids.ts';
import type { ScriptPreview } from '../../../../shared/domain/job/script.ts';
import { appErrorOf } from '../../../client/pageError.ts';
import { loadLaterTexts } from '../../../i18n/index.ts';
import { client } from '../../../client/index.ts';
import { templateKey } from '../../../lib/templateKey.ts';
import { newDraft, withFileInSlot, withFiles } from './draft.ts';
import { latestWins } from '../../../lib/latestWins.ts';
import { keepSame } from './problems.ts';
import {
  draftFileOf,
  newFormSession,
  onCluster,
  formSessionOf,
  updateFormSession,
  useFormSessions,
  type TemplateRef,
} from './formSessions.ts';

const SAVE_AFTER_MS = 300;
const saves = new Map<string, ReturnType<typeof setTimeout>>();

/** Opens a template: with its draft of this run of the program, else the saved one, else a new one. */
export async function openTemplate(ref: TemplateRef, clusterId: ClusterId): Promise<void> {
  const key = templateKey(ref);
  useFormSessions.setState(({ openErrors: { [key]: _old, ...others } }) => ({
    openKey: key,
    openErrors: others,
    focusedField: null,
  }));
  if (formSessionOf(key)) {
    changeDraft(key, (draft) => onCluster(draft, clusterId));
    return;
  }
  try {
    const [detail, saved] = await Promise.all([
      client.call('templates.get', { id: ref.id, source: ref.source }),
      client.call('drafts.get', { templateId: ref.id, templateSource: ref.source }),
    ]);
    const draft = saved ? onCluster(saved, clusterId) : newDraft(detail, clusterId);
    useFormSessions.setState((store) => ({ sessions: { [key]: newFormSession(detail, draft), ...store.sessions } }));
    requestPreview(key);
    await Promise.all([findVanished(key), findSamples(key)]);
  } catch (error) {
    useFormSessions.setState((store) => ({ openErrors: { ...store.openErrors, [key]: appErrorOf(error) } }));
  }
}

/** Reads the open template again after its file changed; the draft stays. */
export async function reloadTemplate(key: string): Promise<void> {
  const session = formSessionOf(key);
  if (!session) return;
  const { id, source } = session.detail;
  try {
    const detail = await client.call('templates.get', { id, source });
    updateFormSession(key, (current) => ({ ...current, detail }));
    requestPreview(key);
  } catch {
    // Deleted, or the link is down: the last good version stays usable, and submitting it says what is wrong.
  }
}

/** The one way to change a draft. */
export function changeDraft(key: string, change: (draft: Draft) => Draft): void {
  const isChanged = updateFormSession(key, (session) => {
    const draft = change(session.draft);
    return draft === session.draft ? session : { ...session, draft };
  });
  if (!isChanged) return;
  requestPreview(key);
  if (formSessionOf(key)?.previewSource === null) saveSoon(key);
}

/** What is the same as before stays the same object: it is not drawn again. */
function unchangedKept(before: ScriptPreview, after: ScriptPreview): ScriptPreview {
  return {
    text: after.text,
    spans: keepSame(before.spans, after.spans),
    folds: keepSame(before.folds, after.folds),
    files: keepSame(before.files, after.files),
    ...(after.edited === undefined ? {} : { edited: keepSame(before.edited ?? [], after.edited) }),
    problems: keepSame(before.problems, after.problems),
    cost: keepSame([before.cost], [after.cost])[0] ?? null,
  };
}

async function makePreview(key: string): Promise<void> {
  const session = formSessionOf(key);
  if (!session) return;
  try {
    // what the checks say is in the catalogue, which comes after the first screen
    const [preview] = await Promise.all([
      session.previewSource?.preview(session.draft) ?? client.call('scripts.preview', { draft: session.draft }),
      loadLaterTexts(),
    ]);
    updateFormSession(key, (current) =>
      // what was typed since would be gone from the editor, and with it the base of the next edit; another preview is on its way
      current.draft.edits !== session.draft.edits
        ? current
        : {
            ...current,
            previewError: null,
            preview: current.preview ? unchangedKept(current.preview, preview) : preview,
          },
    );
  } catch (error) {
    updateFormSession(key, (current) => ({ ...current, previewError: appErrorOf(error) }));
  }
}

const previews = new Map<string, (key: string) => void>();

/** Has the script made anew for what the draft says now. */
export function requestPreview(key: string): void {
  let request = previews.get(key);
  if (!request) {
    request = latestWins(makePreview);
    previews.set(key, request);
  }
  request(key);
}

function saveSoon(key: string): void {
  if (saves.has(key)) return;
  saves.set(
    key,
    setTimeout(() => save(key), SAVE_AFTER_MS),
  );
}

function save(key: string): void {
  clearTimeout(saves.get(key));
  saves.delete(key);
  const session = formSessionOf(key);
  // What cannot be saved now is saved with the next change; until then it is in the window.
  if (session) client.call('drafts.save', { draft: session.draft }).catch(() => undefined);
}

/** Begins the draft anew from the template. Answers with the old one, for undoing. */
export function resetDraft(key: string): Draft | null {
  const session = formSessionOf(key);
  if (!session) return null;
  changeDraft(key, (draft) => newDraft(session.detail, draft.clusterId));
  return session.draft;
}

/** Takes files in and gives them to the slots that fit; a single file dropped on a slot goes there. */
export async function addFiles(key: string, files: readonly File[], slot: string | null = null): Promise<void> {
  if (files.length === 0 || !formSessionOf(key)) return;
  const names = files.map((file) => file.name);
  updateFormSession(key, (session) => ({ ...session, incoming: [...session.incoming, ...names], fileError: null }));
  try {
    const handles = await client.grantFiles(files);
    await placeFiles(key, handles.map(draftFileOf), slot);
  } catch (error) {
    updateFormSession(key, (session) => ({ ...session, fileError: appErrorOf(error) }));
  } finally {
    updateFormSession(key, (session) => ({
      ...session,
      incoming: session.incoming.filter((name) => !names.includes(name)),
    }));
  }
}

/** Gives files that were handed over to the slots of the template. */
async function placeFiles(key: string, added: readonly DraftFile[], slot: string | null): Promise<void> {
  const session = formSessionOf(key);
  if (!session) return;
  const { id, source } = session.detail;
  const handles = added.map((file) => file.handle);
  const matched = await client.call('files.match', {
    templateId: id,
    templateSource: source,
    files: session.draft.files,
    added: handles,
  });
  const slots = new Map(matched.files.map((file) => [file.handle, file.slot]));
  const [only] = added;
  changeDraft(key, (draft) => {
    const placed = withFiles(
      draft,
      added.map((file) => ({ ...file, slot: slots.get(file.handle) ?? null })),
    );
    return slot !== null && only && added.length === 1 ? withFileInSlot(placed, only.handle, slot) : placed;
  });
}

export async function takeSampleFiles(key: string): Promise<void> {
  const session = formSessionOf(key);
  if (!session) return;
  try {
    await placeFiles(key, session.samples.map(draftFileOf), null);
  } catch (error) {
    updateFormSession(key, (current) => ({ ...current, fileError: appErrorOf(error) }));
  }
}

/** Handles of a saved draft may be older than the files behind them. */
async function findVanished(key: string): Promise<void> {
  const handles = formSessionOf(key)?.draft.files.map((file) => file.handle) ?? [];
  if (handles.length === 0) return;
  const known = new Map((await client.call('files.describe', { handles })).map((file) => [file.handle, file]));
  updateFormSession(key, (session) => ({
    ...session,
    vanished: new Set(handles.filter((handle) => !known.has(handle))),
  }));
  changeDraft(key, (draft) => {
    const files = draft.files.map((file) => {
      const size = known.get(file.handle)?.size ?? file.size;
      return size === file.size ? file : { ...file, size };
    });
    return files.every((file, i) => file === draft.files[i]) ? draft : { ...draft, files };
  });
}

/** Looks again at the files of the draft: somebody may have mended one in their editor. */
export function lookAtFilesAgain(key: string): void {
  if ((formSessionOf(key)?.draft.files.length ?? 0) === 0) return;
  requestPreview(key);
  // what cannot be asked now is asked when the window is returned to next time, and checked when it is submitted
  findVanished(key).catch(() => undefined);
}

async function findSamples(key: string): Promise<void> {
  const session = formSessionOf(key);
  if (!session || session.detail.template.files.length === 0) return;
  const { id, source } = session.detail;
  const samples = await client.call('files.samples', { templateId: id, templateSource: source });
  updateFormSession(key, (current) => ({ ...current, samples }));
}

// A window that closes within the delay must not forget.
window.addEventListener('pagehide', () => {
  for (const key of [...saves.keys()]) save(key);
});
