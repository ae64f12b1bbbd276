/** What is open in Launch: for each template its draft, the script it makes, and how its submission stands. */
import { create } from 'zustand';
import type { FileHandle } from '../../../shared/contract/files.ts';
import type { TemplateDetail } from '../../../shared/contract/templates.ts';
import type { Draft, DraftFile } from '../../../shared/domain/draft.ts';
import type { ClusterId, FileHandleId, RequestId, RunId } from '../../../shared/domain/ids.ts';
import type { Problem } from '../../../shared/domain/problem.ts';
import type { ScriptPreview } from '../../../shared/domain/script.ts';
import type { TemplateSource } from '../../../shared/domain/template.ts';
import type { AppError } from '../../../shared/errors/appError.ts';

/** One press of Submit: sent again with the same id it is still the same job. */
export interface Attempt {
  requestId: RequestId;
  draft: Draft;
}

export type Submission =
  /** `error`: why the last attempt was not taken. */
  | { kind: 'editing'; error: AppError | null }
  | { kind: 'sending'; attempt: Attempt }
  /** The reply was lost: whether the job was taken is asked again, with the same attempt. */
  | { kind: 'lost'; attempt: Attempt; error: AppError }
  | { kind: 'sent'; runId: RunId };

export type StartTest =
  | { kind: 'asking' }
  | { kind: 'failed'; error: AppError }
  /** `expectedStart` is epoch milliseconds. */
  | { kind: 'answered'; accepted: boolean; expectedStart: number | null; message: string; problems: readonly Problem[] };

export interface Session {
  detail: TemplateDetail;
  draft: Draft;
  preview: ScriptPreview | null;
  previewError: AppError | null;
  /** Files of the draft that are no longer there. */
  vanished: ReadonlySet<FileHandleId>;
  /** Names of files that are being taken in. */
  incoming: readonly string[];
  fileError: AppError | null;
  /** Sample inputs that come with the template. */
  samples: readonly FileHandle[];
  startTest: StartTest | null;
  submission: Submission;
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
  sessions: Readonly<Record<string, Session>>;
  /** Why a template could not be opened. */
  openErrors: Readonly<Record<string, AppError>>;
  /** The form field that has the focus, or had it last. */
  focusedField: string | null;
}

export const useSessions = create<Sessions>(() => ({ openKey: null, sessions: {}, openErrors: {}, focusedField: null }));

export function sessionOf(key: string): Session | undefined {
  return useSessions.getState().sessions[key];
}

/** Changes a session that is still there. Says whether anything changed. */
export function updateSession(key: string, change: (session: Session) => Session): boolean {
  const before = sessionOf(key);
  if (!before) return false;
  const after = change(before);
  if (after === before) return false;
  useSessions.setState((store) => ({ sessions: { ...store.sessions, [key]: after } }));
  return true;
}

export function freshSession(detail: TemplateDetail, draft: Draft): Session {
  return {
    detail,
    draft,
    preview: null,
    previewError: null,
    vanished: new Set(),
    incoming: [],
    fileError: null,
    samples: [],
    startTest: null,
    submission: { kind: 'editing', error: null },
  };
}

export function draftFileOf(handle: FileHandle): DraftFile {
  return { handle: handle.handle, name: handle.name, size: handle.size, slot: null };
}

/** A draft for the cluster that is chosen now. Images lie on one cluster, so that choice is made anew. */
export function onCluster(draft: Draft, clusterId: ClusterId): Draft {
  return draft.clusterId === clusterId ? draft : { ...draft, clusterId, imagePath: null };
}
