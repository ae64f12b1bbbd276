import { findRunningProgram } from '../control.ts';
import { givenNativeBinding } from '../nativeBinding.ts';
import { createMemoryVault, startProgram } from '../program.ts';
import { programVersion } from '../version.ts';
import type { InputOf, OperationName, OutputOf } from '../../../shared/contract/index.ts';
import type { FileHandle } from '../../../shared/contract/files.ts';
import { fromWire } from '../../../shared/errors/appError.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import type { Envelope } from '../../../shared/contract/index.ts';

/** How a command reaches the core: through the program that is running with this data folder, or by being that program itself. */
export interface CliSession extends Disposable {
  /** True when another program (the app, the server) does the work and goes on after this command. */
  readonly attached: boolean;
  envelope(name: string, input: unknown, signal?: AbortSignal): Promise<Envelope<unknown>>;
  /** The operation's answer, or the AppError it failed with. */
  call<N extends OperationName>(name: N, input: InputOf<N>, signal?: AbortSignal): Promise<OutputOf<N>>;
  grant(path: string): Promise<FileHandle>;
}

/** Opens a session on a data folder. STORE_UNAVAILABLE, STORE_NEWER. */
export async function openCliSession(dataFolder: string): Promise<CliSession> {
  const running = await findRunningProgram(dataFolder);
  if (running !== null) {
    return build(true, (name, input, signal) => running.call(name, input, signal), (path) => running.grant(path), () => running.dispose());
  }
  const program = await startProgram({
    host: 'cli',
    version: programVersion(),
    dataFolder,
    nativeBinding: givenNativeBinding(),
    vault: createMemoryVault(),
  });
  return build(
    false,
    (name, input, signal) => program.dispatch(name, input, { signal }),
    (path) => program.core.grantFile(path),
    () => program.dispose(),
  );
}

function build(
  attached: boolean,
  envelope: CliSession['envelope'],
  grant: CliSession['grant'],
  dispose: () => void | Promise<void>,
): CliSession {
  return {
    attached,
    envelope,
    grant,
    dispose,
    call: async (name, input, signal) => {
      const answer = await envelope(name, input, signal);
      if (!answer.ok) throw fromWire(answer.error);
      return answer.value as OutputOf<typeof name>;
    },
  };
}
