/** What the features of the core offer each other. Each is implemented in its own folder and wired in createCore.ts. */
import type { FileHandle } from '../../shared/contract/files.ts';
import type { Settings } from '../../shared/contract/program.ts';
import type { TemplateDetail } from '../../shared/contract/templates.ts';
import type {
  ClusterFacts,
  ClusterUsage,
  ClusterProfile,
  ConnectionState,
} from '../../shared/domain/cluster/profile.ts';
import type { EarlierImage, KnownImage } from '../../shared/domain/image/checks.ts';
import type { ImageSummary } from '../../shared/domain/image/schema.ts';
import type { Draft, DraftFile } from '../../shared/domain/job/draft.ts';
import type { ClusterId, FileHandleId, RunId } from '../../shared/domain/ids.ts';
import type { Problem } from '../../shared/domain/problem/schema.ts';
import type { ScriptPreview } from '../../shared/domain/job/script.ts';
import type { SlurmRequest } from '../../shared/domain/request/schema.ts';
import type { Template, TemplateSource } from '../../shared/domain/template/schema.ts';
import type { Disposable } from '../../shared/lib/disposable.ts';
import type { SessionEnvironment } from './clusters/bootstrap.ts';
import type { AnswerBound, RemoteConnection, RunOptions, RunResult } from './ports.ts';

export type { SessionEnvironment } from './clusters/bootstrap.ts';
export type { ClusterProfiles } from './clusters/profiles.ts';
export type { ConfigChecker } from './files/configChecker.ts';
export type { DemoConsent } from './places/demoConsent.ts';
export type { LocalPlaces } from './places/localPlaces.ts';
export type { Operations } from './program/operations.ts';

export interface SlurmRunOptions extends RunOptions {
  /** One of ANSWER_BOUNDS. */
  answer: AnswerBound;
  /** What the script runs of Slurm's programs, as its builder in main/slurm says: none for one that only looks at files. */
  programs: readonly string[];
  /** It does no harm twice: when the connection is cut while it runs, it is run once more on the next one. Default false. */
  repeatable?: boolean;
}

/** Live sessions to clusters: connecting, reconnecting, and what is known about each. */
export interface ClusterSessions {
  /** CLUSTER_NOT_FOUND. */
  profile(clusterId: ClusterId): ClusterProfile;
  profiles(): ClusterProfile[];
  state(clusterId: ClusterId): ConnectionState;
  /**
   * Waits for a connection that is being made or made again, however long: for work that goes on by itself. NOT_CONNECTED when nothing
   * is under way, CANCELLED on abort.
   */
  whenReady(clusterId: ClusterId, signal: AbortSignal, purpose?: string): Promise<RemoteConnection>;
  /**
   * For what a person waits for and what does no harm twice: waits up to 20 s for a connection that is being made, and begins once
   * more when the connection is cut. NOT_CONNECTED with the reason, CANCELLED, and what `work` rejects with.
   */
  use<T>(
    clusterId: ClusterId,
    options: { signal: AbortSignal; purpose: string },
    work: (connection: RemoteConnection) => Promise<T>,
  ): Promise<T>;
  /**
   * Runs a Slurm command script with the session's environment (locale, time format, PATH of sbatch) before it. Waits up to 20 s for a
   * connection that is being made. NOT_CONNECTED with the reason, and what `RemoteShell.run` says.
   */
  runSlurm(clusterId: ClusterId, script: string, options: SlurmRunOptions): Promise<RunResult>;
  /** Facts from the cache, however old, or null when they were never taken. */
  knownFacts(clusterId: ClusterId): ClusterFacts | null;
  /** What the login node said of itself, now or when it was last connected; null when it never was. */
  environment(clusterId: ClusterId): SessionEnvironment | null;
  /** The last look at what happens on the cluster, however old, or null. */
  knownUsage(clusterId: ClusterId): ClusterUsage | null;
  /** Called each time a session becomes ready, the first time and after each reconnection. */
  onReady(listener: (clusterId: ClusterId) => void): Disposable;
}

export interface TemplateLibrary {
  /** TEMPLATE_NOT_FOUND; TEMPLATE_INVALID when there has never been a good version. */
  get(id: string, source?: TemplateSource): TemplateDetail;
  /** Settles when every folder has been read once. `get` does not need it: it reads what is missing at once. */
  readonly ready: Promise<void>;
  /** The paths of a template's samples, sorted by name; none where there are none. TEMPLATE_NOT_FOUND, FILE_UNREADABLE. */
  samples(id: string, source?: TemplateSource): string[];
}

export interface LocalFiles {
  grant(path: string): Promise<FileHandle>;
  /** Local path behind a handle. FILE_HANDLE_UNKNOWN. Never leaves the core. */
  path(handle: FileHandleId): string;
  /** The bytes of a script as Linux reads them. FILE_HANDLE_UNKNOWN, FILE_NOT_FOUND, FILE_UNREADABLE, also when it has become too large for a script. */
  converted(handle: FileHandleId): Promise<Uint8Array>;
  /** Problems of the files of a draft against the template's slots: missing, wrong pattern, too large, config schema. Reads config files; CANCELLED. */
  check(template: Template, files: readonly DraftFile[], maxFileSize: number, signal?: AbortSignal): Promise<Problem[]>;
  /** What is known now of these files; those that vanished are left out. */
  describe(handles: readonly FileHandleId[]): Promise<FileHandle[]>;
  /** The beginning of a text file; `text` null for a binary one. FILE_HANDLE_UNKNOWN, FILE_NOT_FOUND, FILE_UNREADABLE. */
  preview(handle: FileHandleId, maxBytes: number): Promise<{ text: string | null; truncated: boolean }>;
}

/** Makes scripts: pure, about a millisecond, the same bytes for the same input. */
export interface ScriptMaker {
  /**
   * `facts` null: limits cannot be checked, which is said as an info problem. `runId` null: a preview; its place holder in the
   * text is `PREVIEW`. `asked`: what the script asks of Slurm, edits by hand included.
   */
  make(input: {
    template: Template;
    draft: Draft;
    profile: ClusterProfile;
    facts: ClusterFacts | null;
    usage?: ClusterUsage | null;
    /** What was read of the chosen image; null or absent: nothing is known but its path. */
    image?: KnownImage | null;
    /** The image of the last run of this template at the same path; null or absent: not known. */
    earlierImage?: EarlierImage | null;
    runId: RunId | null;
  }): ScriptPreview & { readonly asked: SlurmRequest };
}

/** What is known of the images of clusters; nothing is asked of them. */
export interface ImageRegistry {
  /** As it was last seen, on the login node or on a compute node; null when it never was. */
  known(clusterId: ClusterId, path: string, node?: string | null): ImageSummary | null;
  /** Those that are there; null when the folders were never looked through. CLUSTER_NOT_FOUND. */
  all(clusterId: ClusterId): Promise<ImageSummary[] | null>;
}

export interface SettingsReader {
  current(): Settings;
}
