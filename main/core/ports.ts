/**
 * What the core needs from outside. Adapters in main/ssh, main/store and the hosts satisfy these; the core names nothing else.
 * Every async call takes an AbortSignal where it can last, and rejects with AppError CANCELLED when it fires.
 */
import type { ClusterProfile, ConnectionTrace, SshConfigNote, SshHost } from '../../shared/domain/cluster/profile.ts';
import type { ClusterId, FileHandleId, RunId } from '../../shared/domain/ids.ts';
import type { ImageIdentity } from '../../shared/domain/image/identity.ts';
import type { ImageMetadata } from '../../shared/domain/image/metadata.ts';
import type {
  ImageFacts,
  ImageFolder,
  ImageSummary,
  InspectedImage,
  UnreadableFolder,
} from '../../shared/domain/image/schema.ts';
import type { JobEvent, JobFilter, JobRecord, JobRow } from '../../shared/domain/job/schema.ts';
import type { JobSummary } from '../../shared/domain/job/summary.ts';
import type { StateGroup } from '../../shared/domain/job/state.ts';
import type { TaskFold } from '../../shared/domain/job/foldTasks.ts';
import type { Task } from '../../shared/domain/job/task.ts';
import type { TemplateSource } from '../../shared/domain/template/schema.ts';
import type { IndexedTemplate } from '../../shared/domain/template/indexed.ts';
import type { TemplateVersion } from '../../shared/domain/template/studio.ts';
import type { LogEntry, Settings } from '../../shared/contract/program.ts';
import type { Disposable } from '../../shared/lib/disposable.ts';
import type { Message } from '../../shared/messages/message.ts';
import type { RemoteFiles } from './remoteFiles.ts';

export type { RemoteEntry, RemoteFiles, RemoteStat } from './remoteFiles.ts';

// ---------------------------------------------------------------- remote

/** The most that a script may print, on either stream, and what it is called where it prints more. */
export interface AnswerBound {
  /** For people: the program that is asked. */
  readonly command: string;
  readonly maxBytes: number;
}

export interface RunOptions {
  signal?: AbortSignal | undefined;
  /** Milliseconds until REMOTE_TIMEOUT. Default 30 000. */
  timeoutMs?: number;
  /** Default: 16 MiB, and REMOTE_GARBAGE beyond them. */
  answer?: AnswerBound;
  /** Why it is run, for the page that counts commands: `poll`, `facts`, `submit` … Default `other`. */
  purpose?: string;
  /** Slurm's programs that it runs, for that page, one entry for each place. Default: none. */
  programs?: readonly string[];
}

export interface RunResult {
  readonly exitCode: number;
  /** What stood between the nonce lines; decoded as UTF-8 with U+FFFD for what is not. */
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds from sending to the last byte. */
  readonly elapsedMs: number;
}

export interface RemoteShell {
  /**
   * Runs a POSIX sh script on the login node, whatever the login shell prints or is. Scripts of one connection run one after
   * the other on a warm shell; a script that times out, is aborted or prints more than `answer` loses its shell, never the connection.
   * `script` must be built with `quote`; it must not read standard input.
   * Errors: REMOTE_TIMEOUT, REMOTE_GARBAGE, ANSWER_TOO_LARGE, CONNECTION_LOST, CHANNEL_REFUSED, CANCELLED.
   */
  run(script: string, options?: RunOptions): Promise<RunResult>;
}

/** One live SSH connection. */
export interface RemoteConnection extends Disposable {
  readonly shell: RemoteShell;
  readonly files: RemoteFiles;
  /** Milliseconds of the last keepalive or command round trip, or null. */
  readonly roundTripMs: number | null;
  /** How files are read and written: over the shell where the server has no usable SFTP, slower. */
  readonly fileTransport: 'sftp' | 'shell';
  /**
   * Hears when the server stops answering in time and when it answers again, while the connection still stands.
   * `silentMs`: how long nothing has come although something was asked.
   */
  onHealth(listener: (health: { answering: boolean; silentMs: number }) => void): Disposable;
  /** Asks the server for a sign of life; resolves with the milliseconds it took. A connection that does not answer in time is lost. */
  probe(timeoutMs: number): Promise<number>;
  /** Called once when the connection ends for any reason but `dispose`. */
  onLost(listener: (error: Error) => void): Disposable;
}

export interface HostKeyQuestion {
  readonly host: string;
  readonly port: number;
  readonly algorithm: string;
  readonly fingerprint: string;
  /** known_hosts trusts an authority for this host, but no certificate was shown that can be checked. */
  readonly authorityKnown: boolean;
}

export interface AuthQuestion {
  /** Which server asks: `user@host`, of the cluster or of a jump host. */
  readonly asker: string;
  readonly method: 'password' | 'passphrase' | 'keyboard-interactive';
  readonly title: Message;
  readonly instructions: Message | null;
  readonly fields: readonly { label: Message; echo: boolean }[];
  /** The key that a passphrase opens; null for other questions. */
  readonly keyPath: string | null;
}

/** Who answers a connection attempt's questions. `null` or false ends the attempt. */
export interface ConnectionPrompter {
  confirmHostKey(question: HostKeyQuestion): Promise<boolean>;
  answer(question: AuthQuestion): Promise<readonly string[] | null>;
  /** For the status bar: "looking up the name", "logging in". */
  step?(doing: Message): void;
  /** What happened, for the connection test and the log. */
  trace?(event: ConnectionTrace): void;
}

export interface ConnectTarget {
  readonly profile: ClusterProfile;
  /** A host key (`SHA256:…`) that is accepted without a question and without known_hosts, and no other: the demo cluster's. */
  readonly pinnedHostKey: string | null;
}

/** Opens connections: TCP, host key, login, shell, SFTP. The one place where ssh2 is known. */
export interface Connector extends Disposable {
  /**
   * Errors: CONNECT_FAILED, AUTH_FAILED, HOST_KEY_UNKNOWN, HOST_KEY_CHANGED, KEY_UNREADABLE, SFTP_UNAVAILABLE, REMOTE_GARBAGE,
   * REMOTE_TIMEOUT, CANCELLED. Never tries refused credentials again.
   */
  connect(target: ConnectTarget, asker: ConnectionPrompter, signal: AbortSignal): Promise<RemoteConnection>;
  /**
   * Removes from the profile's known_hosts files the keys of this host that have this fingerprint; the copy before is kept as `.old`.
   * Returns how many entries went, and from which files.
   */
  forgetHostKey(
    profile: ClusterProfile,
    host: string,
    port: number,
    fingerprint: string,
  ): Promise<{ removed: number; files: string[] }>;
}

/** The person's own SSH configuration, read as ssh reads it; nothing that it names is ever run. */
export interface SshConfigReader {
  /** Hosts that are named without a wildcard. A missing file is an empty one. SSH_CONFIG_UNREADABLE. */
  read(): Promise<{ files: string[]; hosts: SshHost[]; notes: SshConfigNote[] }>;
  /** How ssh would connect to this name, in the terms of a profile. SSH_CONFIG_UNREADABLE. */
  resolve(alias: string): Promise<{
    settings: Pick<ClusterProfile, 'host' | 'port' | 'user' | 'auth' | 'jump' | 'hostKeys'>;
    notes: SshConfigNote[];
  }>;
}

/** Tells that this computer woke up or that its network changed: connections may be dead without knowing it. */
export interface WakeSource {
  onWake(listener: (reason: 'resume' | 'network') => void): Disposable;
  /** The computer is about to sleep. */
  onSleep(listener: () => void): Disposable;
}

// ---------------------------------------------------------------- store

/** What of a run changes by its submission. What its tasks come to is not written but folded. */
export type SubmissionChanges = Partial<Omit<JobSummary, 'runId' | 'requestId' | 'createdAt' | keyof TaskFold>> & {
  /** How far each got; which files there are never changes. */
  readonly files?: JobRecord['files'];
};

/** What a look at the cluster, or the moment of submission, found out about one run. */
export interface RunChanges {
  readonly runId: RunId;
  /**
   * Tasks as they are now, whole; a task is known by its index. The first with an index takes the place of the one without that stood for
   * an array whose tasks were not known.
   */
  readonly tasks: readonly Task[];
  readonly run?: SubmissionChanges;
  readonly events: readonly JobEvent[];
}

export interface JobRepository {
  /** Throws RECORD_FAILED; a run id or request id that is there already too. */
  insert(job: JobRecord): void;
  /** Merges the changes in one transaction, and appends the event if there is one. Returns the record as it is then. */
  update(runId: RunId, changes: SubmissionChanges, event?: JobEvent): JobRecord;
  /**
   * Writes everything that one look found, in one transaction, with each run's fold (`foldTasks`) computed anew. Returns the runs as they
   * are then, in the order of the changes; a run that is gone is left out.
   */
  recordLook(changes: readonly RunChanges[]): JobSummary[];
  /** By index. `total` counts all of the groups that are asked for. */
  tasks(
    runId: RunId,
    page: { offset: number; limit: number; groups?: readonly StateGroup[] | undefined },
  ): { tasks: Task[]; total: number };
  task(runId: RunId, index: number | null): Task | null;
  get(runId: RunId): JobRecord | null;
  /** What changes of it, without what is written once. */
  summary(runId: RunId): JobSummary | null;
  findByRequest(requestId: string): JobRecord | null;
  /** Which file an image was when the latest run of a template with it that Slurm took was made; null where no such run knows it. */
  lastImage(
    clusterId: ClusterId,
    templateId: string,
    imagePath: string,
  ): { identity: ImageIdentity; at: number } | null;
  list(filter: JobFilter, offset: number, limit: number): { rows: JobRow[]; total: number };
  /** Those that are watched, oldest first: phase before `submitted`, submitted with a state that is not final, or with an end that may not be the last. */
  watched(clusterId?: ClusterId): JobSummary[];
  /** Local files of runs that Slurm has not taken and that are not given up. */
  unsentFiles(): FileHandleId[];
  events(runId: RunId): JobEvent[];
  /** Runs by what is to come of them; `submitting` are those that Slurm has not taken yet. */
  counts(): { pending: number; running: number; submitting: number };
  /** Submissions created at or after this epoch ms. */
  submittedSince(at: number): number;
  remove(runIds: readonly RunId[]): number;
}

/** Small JSON documents by key: settings, drafts, cached facts, pane sizes. */
export interface DocumentRepository {
  get(collection: string, key: string): unknown;
  set(collection: string, key: string, value: unknown): void;
  delete(collection: string, key: string): void;
  keys(collection: string): string[];
}

export interface FileHandleRecord {
  readonly handle: FileHandleId;
  readonly path: string;
  readonly grantedAt: number;
}

export interface FileHandleRepository {
  insert(record: FileHandleRecord): void;
  get(handle: FileHandleId): FileHandleRecord | null;
}

export interface TemplateRef {
  readonly id: string;
  readonly source: TemplateSource;
}

/** What the program remembers of template files. The index may be thrown away; versions and usage may not. */
export interface TemplateRepository {
  /** A page of the index of a folder, by file, after this one; `last` is where the next page begins, null at the end. */
  indexed(
    root: string,
    after: string,
    limit: number,
  ): { entries: { file: string; entry: IndexedTemplate }[]; last: string | null };
  /** Notes readings of files and, where `found` is given, keeps their text as a version: 100 versions and 5 MB of a template at most. */
  record(
    readings: readonly {
      root: string;
      file: string;
      entry: IndexedTemplate;
      /** `text` as it is shown; the others as words that are searched for. Null: as it was. */
      search: { text: string; name: string; about: string; fields: string; script: string } | null;
      found: {
        ref: TemplateRef;
        text: string;
        hash: string;
        by: TemplateVersion['by'];
        version: string;
        at: number;
      } | null;
    }[],
  ): void;
  forget(root: string, files: readonly string[]): void;
  /** Forgets what is indexed of all other folders. */
  keepRoots(roots: readonly string[]): void;
  /** Files that match an FTS5 expression, best first. Source: sqlite.org/fts5.html#full_text_query_syntax. */
  search(query: string, limit: number): { root: string; file: string; score: number; text: string }[];
  /** Newest first. */
  versions(ref: TemplateRef): TemplateVersion[];
  /** Null when it is not kept. */
  version(ref: TemplateRef, hash: string): string | null;
  moveVersions(from: TemplateRef, to: TemplateRef): void;
  eraseVersions(ref: TemplateRef): void;
  /** Jobs that Slurm took, by template, and when the last one was made (epoch ms). */
  usage(): { source: string; id: string; uses: number; lastAt: number }[];
}

/** An image as it is kept: without what the table of runs says of it. */
export type StoredImage = Omit<ImageSummary, 'usedIn' | 'lastUsedAt'>;

/** What an image is known by: the cluster, the compute node on which it was seen (null: the login node), and its path. */
export interface ImageKey {
  readonly clusterId: ClusterId;
  readonly node: string | null;
  readonly path: string;
}

/** An image that was opened, with all that was read of it; null when it could not be read. */
export interface ReadImage {
  readonly image: Omit<StoredImage, 'digest'>;
  readonly metadata: ImageMetadata | null;
}

/** A folder that was looked through. */
export interface ScannedFolder extends ImageFolder {
  readonly path: string;
  readonly scannedAt: number;
  readonly unreadable: readonly UnreadableFolder[];
}

/** What a look at a folder has to know of an image to leave it closed. */
export interface KnownFile {
  readonly size: number;
  readonly modifiedAt: number;
  readonly active: boolean;
  /** The version of the reader that read it. */
  readonly reader: number;
}

/** Images of clusters: what was seen is kept when it is gone, and called inactive. */
export interface ImageRepository {
  /** Those of a cluster after this one, in the order in which they were first seen; `last` is where the next page begins, null at the end. */
  page(clusterId: ClusterId, after: number, limit: number): { images: StoredImage[]; last: number | null };
  /** By its path, or that of a link to it. */
  get(key: ImageKey): StoredImage | null;
  /** All that was read of it, and what the cluster's own program said. */
  metadata(key: ImageKey): { metadata: ImageMetadata | null; inspected: InspectedImage | null };
  /** By path, those that were found in the folder that `folder` names without links. */
  filesOf(clusterId: ClusterId, node: string | null, folder: string): Map<string, KnownFile>;
  /** Keeps what was read of some images, in one transaction. What the cluster's program said of them before is of other files, and goes. */
  recordRead(clusterId: ClusterId, reader: number, images: readonly ReadImage[]): void;
  /**
   * The end of a look through a folder, in one transaction: `gone` become inactive, `back` active again; those of which that cannot be said
   * (`unseen`) stay as they are; `links` are the other paths of the images that have some now.
   */
  recordFolder(
    clusterId: ClusterId,
    folder: ScannedFolder,
    changes: {
      readonly gone: readonly string[];
      readonly back: readonly string[];
      readonly unseen: readonly string[];
      readonly links: ReadonlyMap<string, readonly string[]>;
    },
  ): void;
  folders(clusterId: ClusterId): ScannedFolder[];
  /** Keeps the hash of an image with this size, time and UUID; another one is not shown it. */
  recordDigest(key: ImageKey, of: Pick<StoredImage, 'size' | 'modifiedAt' | 'uuid'>, digest: string): void;
  /** Keeps what the cluster's program said, and what lists show by it. */
  recordInspected(key: ImageKey, inspected: InspectedImage, facts: ImageFacts): void;
  /** By path: runs of ours that Slurm took with an image, and when the last was made (epoch ms). */
  usage(clusterId: ClusterId): Map<string, { runs: number; lastAt: number }>;
  /** The same of one image; null for none. */
  usageOf(clusterId: ClusterId, path: string): { runs: number; lastAt: number } | null;
  /** The latest of them, newest first. */
  usedBy(clusterId: ClusterId, path: string, limit: number): { runId: string; name: string; submittedAt: number }[];
  forget(clusterId: ClusterId): void;
}

/** The SQLite file. Every method is synchronous and quick; a write is on disk when it returns. */
export interface Store extends Disposable {
  readonly jobs: JobRepository;
  readonly documents: DocumentRepository;
  readonly fileHandles: FileHandleRepository;
  readonly templates: TemplateRepository;
  readonly images: ImageRepository;
}

// ---------------------------------------------------------------- program

/** Secrets, in the operating system's keychain where there is one. */
export interface Vault {
  /** False: nothing outlives the process. */
  readonly persistent: boolean;
  get(key: string): Promise<string | null>;
  set(key: string, secret: string): Promise<void>;
  delete(key: string): Promise<void>;
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms`, or rejects with CANCELLED when the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Log {
  /** A line of level `error` carries the code of what failed (`failureDetails` of log/failure.ts makes it), so that a site's tools can count by it. */
  write<Level extends LogEntry['level']>(
    level: Level,
    event: string,
    requestId: string | null,
    details?: Record<string, unknown> & (Level extends 'error' ? { readonly error_code: number } : unknown),
  ): void;
  query(query: { requestId?: string | undefined; text?: string | undefined; limit: number }): Promise<LogEntry[]>;
}

export interface Notifier {
  /** To be said in `language`; `system` is that of this computer. */
  notify(note: { title: Message; body: Message; language: Settings['language']; runId: RunId | null }): void;
}

/** The demo cluster, once it runs. */
export interface DemoCluster extends Disposable {
  readonly port: number;
  readonly user: string;
  readonly privateKeyPath: string;
  /** `SHA256:…` of its host key: accepted without a question. */
  readonly hostKeyFingerprint: string;
  /** Folders of its sample images. */
  readonly imageFolders: readonly string[];
}

export interface CorePorts {
  readonly connector: Connector;
  readonly sshConfig: SshConfigReader;
  readonly wake: WakeSource;
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
  readonly notifier: Notifier;
  /** Starts the demo cluster, or throws DEMO_UNAVAILABLE. Called when it is first connected to. */
  readonly startDemo: () => Promise<DemoCluster>;
  /**
   * Tells the person, where no page can answer for them, that jobs of the demo cluster run on this computer; false when they decline. Asked
   * once in the life of a data folder, in the language of the settings.
   */
  readonly confirmDemo: (language: Settings['language']) => Promise<boolean>;
  /** Cryptographically random text of [0-9a-z]. */
  readonly randomId: (length: number) => string;
  readonly folders: {
    /** The data folder: store, logs, private templates. */
    readonly data: string;
    /** Official templates and their samples, read-only. */
    readonly officialTemplates: string;
  };
  /** Where a person's files for SSH are without being asked for: `home` is what `~` means on this computer, `ssh` is `~/.ssh`. */
  readonly usualPlaces: { readonly home: string; readonly ssh: readonly string[] };
  readonly host: 'electron' | 'http' | 'cli';
  readonly version: string;
  /** Connections that nobody asked for begin when this resolves: a window is drawn first. */
  readonly drawn: Promise<void>;
}
