/** What is open in Launch: for each template its draft, the script it makes, and how its submission stands. */
import type { Message } from '../../../../shared/messages/message.ts';
import { create } from 'zustand';
import type { FileHandle } from '../../../../shared/contract/files.ts';
import type { OutputOf } from '../../../../shared/contract/index.ts';
import type { TemplateDetail } from '../../../../shared/contract/templates.ts';
import type { Draft, DraftFile } from '../../../../shared/domain/job/draft.ts';
import type { ClusterId, FileHandleId, RequestId, RunId } from '../../../../shared/domain/ids.ts';
import type { ScriptPreview } from '../../../../shared/domain/job/script.ts';
import type { TemplateSource } from '../../../../shared/domain/template/schema.ts';
import type { CodedError } from '../../../../shared/errors/codedError.ts';

/** One press of Submit: sent again with the same id it is still the same job. */
export interface Attempt {
  requestId: RequestId;
  draft: Draft;
}

export type Submission =
  /** `error`: why the last attempt was not taken. */
  | { kind: 'editing'; error: CodedError | null }
  | { kind: 'sending'; attempt: Attempt }
  /** The reply was lost: whether the job was taken is asked again, with the same attempt. */
  | { kind: 'lost'; attempt: Attempt; error: CodedError }
  | { kind: 'sent'; runId: RunId };

/** What Slurm said about the start of one script. Once the form makes another script it is old, and shown as such. */
export interface StartAnswer {
  clusterId: ClusterId;
  script: string;
  accepted: boolean;
  /** Epoch milliseconds; `null` when Slurm does not say. */
  expectedStart: number | null;
  message: Message;
  /** Epoch milliseconds. */
  askedAt: number;
}

/** Starts of the job as it stands and of a few variants. */
export type StartVariants = OutputOf<'scripts.startVariants'> & { clusterId: ClusterId; script: string };

export interface StartTest {
  /** `limited`: the core asks again only after a while; `until` in epoch milliseconds. */
  phase:
    | { kind: 'still' }
    | { kind: 'asking' }
    | { kind: 'limited'; until: number }
    | { kind: 'failed'; error: CodedError; script: string };
  answer: StartAnswer | null;
  variants:
    | { kind: 'none' }
    | { kind: 'asking' }
    | { kind: 'failed'; error: CodedError }
    | { kind: 'told'; told: StartVariants };
}

export const NOT_ASKED: StartTest = { phase: { kind: 'still' }, answer: null, variants: { kind: 'none' } };

/** A form that is tried and never submitted: where its script and its slots come from instead of the library. */
export interface PreviewSource {
  preview: (draft: Draft) => Promise<ScriptPreview>;
}

export interface FormSession {
  detail: TemplateDetail;
  draft: Draft;
  preview: ScriptPreview | null;
  previewError: CodedError | null;
  /** Files of the draft that are no longer there. */
  vanished: ReadonlySet<FileHandleId>;
  /** Names of files that are being taken in. */
  incoming: readonly string[];
  fileError: CodedError | null;
  /** Sample inputs that come with the template. */
  samples: readonly FileHandle[];
  startTest: StartTest;
  submission: Submission;
  /** Set while a template is being written: the draft is not kept. */
  previewSource: PreviewSource | null;
}

export interface TemplateRef {
  source: TemplateSource;
  id: string;
}

// not TEMPLATE_SOURCES: that would bring the schema library into the page
const SOURCES = ['official', 'community', 'private', 'archived'] as const satisfies readonly TemplateSource[];

/** Reads `source/id`; null when it names no template. */
export function readTemplateRef(source: string | undefined, id: string | undefined): TemplateRef | null {
  const known = SOURCES.find((name) => name === source);
  return known === undefined || id === undefined || id === '' ? null : { source: known, id };
}

interface Sessions {
  openKey: string | null;
  sessions: Readonly<Record<string, FormSession>>;
  /** Why a template could not be opened. */
  openErrors: Readonly<Record<string, CodedError>>;
  /** The form field that has the focus, or had it last. */
  focusedField: string | null;
}

export const useFormSessions = create<Sessions>(() => ({
  openKey: null,
  sessions: {},
  openErrors: {},
  focusedField: null,
}));

export function formSessionOf(key: string): FormSession | undefined {
  return useFormSessions.getState().sessions[key];
}

/** Changes a session that is still there. Says whether anything changed. */
export function updateFormSession(key: string, change: (session: FormSession) => FormSession): boolean {
  const before = formSessionOf(key);
  if (!before) return false;
  const after = change(before);
  if (after === before) return false;
  useFormSessions.setState((store) => ({ sessions: { ...store.sessions, [key]: after } }));
  return true;
}

export function newFormSession(detail: TemplateDetail, draft: Draft): FormSession {
  return {
    detail,
    draft,
    preview: null,
    previewError: null,
    vanished: new Set(),
    incoming: [],
    fileError: null,
    samples: [],
    startTest: NOT_ASKED,
    submission: { kind: 'editing', error: null },
    previewSource: null,
  };
}

export function draftFileOf(handle: FileHandle): DraftFile {
  return { handle: handle.handle, name: handle.name, size: handle.size, slot: null };
}

/** A draft for the cluster that is chosen now. Images lie on one cluster, so that choice is made anew. */
export function onCluster(draft: Draft, clusterId: ClusterId): Draft {
  return draft.clusterId === clusterId ? draft : { ...draft, clusterId, imagePath: null };
}
