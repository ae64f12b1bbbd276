import type { AnyEvent, OperationName, OutputOf, ParsedInputOf } from '../../shared/contract/index.ts';
import type { FileHandle } from '../../shared/contract/files.ts';
import type { Settings } from '../../shared/contract/program.ts';
import type { RequestId } from '../../shared/domain/ids.ts';
import type { Disposable } from '../../shared/lib/disposable.ts';
import type { Emitter } from '../../shared/lib/emitter.ts';
import type { Purpose } from './places/grants.ts';

/** What every handler is told about the call it serves. */
export interface CallContext {
  readonly requestId: RequestId;
  /** Fires when the caller gave up or the program ends. */
  readonly signal: AbortSignal;
}

export type Handler<N extends OperationName> = (
  input: ParsedInputOf<N>,
  context: CallContext,
) => OutputOf<N> | Promise<OutputOf<N>>;

/** A handler for every operation of the contract: leaving one out fails to compile. */
export type Handlers = { readonly [N in OperationName]: Handler<N> };

/** The handlers of one feature: those operations whose names begin with one of its prefixes. */
export type HandlersOf<P extends string> = { readonly [N in Extract<OperationName, `${P}.${string}`>]: Handler<N> };

/** Absolute paths of local files that must not be removed: those of drafts, and those that a run still has to send. */
export interface FilesInUse {
  readonly drafts: ReadonlySet<string>;
  readonly runs: ReadonlySet<string>;
}

/** Everything the app does, without a window, a socket or a terminal. */
export interface Core extends Disposable {
  readonly handlers: Handlers;
  readonly events: Emitter<AnyEvent>;
  /** For hosts only: turns a local path that a person handed over into an opaque handle. FILE_NOT_FOUND, FILE_UNREADABLE. */
  grantFile(path: string): Promise<FileHandle>;
  /** For hosts that keep copies of handed-over files: which of them something still refers to. */
  filesInUse(): FilesInUse;
  /**
   * For hosts only: lets settings and profiles name a file or folder that the person has just chosen in a dialog of the host, or named in a
   * command. Returns the path as it is to be stored. SETTING_INVALID.
   */
  allowPlace(purpose: Purpose, path: string, by: 'dialog' | 'command'): string;
  /** For what hosts show themselves: the language that the person has chosen. */
  language(): Settings['language'];
}
