import { setTimeout as delay } from 'node:timers/promises';
import { describeOwner } from '../controlAddress.ts';
import { findRunningProgram } from '../controlClient.ts';
import { prepareDataFolder } from '../dataFolder.ts';
import { givenNativeBinding } from '../nativeBinding.ts';
import type { ProcessGuard } from '../processGuard.ts';
import { createMemoryVault, startProgram, type Program } from '../program.ts';
import { programVersion } from '../version.ts';
import type { InputOf, OperationName, OutputOf } from '../../../shared/contract/index.ts';
import type { FileHandle } from '../../../shared/contract/files.ts';
import { AppError, fromWire } from '../../../shared/errors/appError.ts';
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

/** Milliseconds to wait for a program that has taken the data folder and does not listen yet, or not any more. */
const PATIENCE_MS = 5000;

/** This command as the program itself, or null when another one has the data folder. */
async function becomeProgram(dataFolder: string, guard: ProcessGuard): Promise<Program | null> {
  try {
    return await startProgram({
      host: 'cli',
      version: programVersion(),
      dataFolder,
      nativeBinding: givenNativeBinding(),
      vault: createMemoryVault(),
      guard,
    });
  } catch (error) {
    if (AppError.is(error, 'DATA_FOLDER_TAKEN')) return null;
    throw error;
  }
}

/** Opens a session on a data folder. Errors: those of `startProgram`. */
export async function openCliSession(dataFolder: string, guard: ProcessGuard): Promise<CliSession> {
  await prepareDataFolder(dataFolder);
  for (const deadline = Date.now() + PATIENCE_MS; ; ) {
    const running = await findRunningProgram(dataFolder);
    if (running !== null) {
      return build(true, (name, input, signal) => running.call(name, input, signal), (path) => running.grant(path), () => running.dispose());
    }
    const program = await becomeProgram(dataFolder, guard);
    if (program !== null) {
      return build(false, (name, input, signal) => program.dispatch(name, input, { signal }), (path) => program.core.grantFile(path), () => program.dispose());
    }
    if (Date.now() > deadline) throw new AppError('DATA_FOLDER_TAKEN', { details: { folder: dataFolder, owner: await describeOwner(dataFolder) } });
    await delay(100);
  }
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
