import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Purpose } from '../../core/places/grants.ts';
import { describeOwner } from '../controlAddress.ts';
import { findRunningProgram } from '../controlClient.ts';
import { prepareDataFolder } from '../dataFolder.ts';
import { givenNativeBinding } from '../nativeBinding.ts';
import type { ProcessGuard } from '../processGuard.ts';
import { createMemoryVault, startProgram, type Program } from '../program.ts';
import { updatingNotes } from '../updatingNotes.ts';
import { programVersion } from '../version.ts';
import type { InputOf, OperationName, OutputOf } from '../../../shared/contract/index.ts';
import type { FileHandle } from '../../../shared/contract/files.ts';
import { AppError, fromWire } from '../../../shared/errors/appError.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import type { Envelope } from '../../../shared/contract/index.ts';
import { note } from './terminal.ts';

/** How a command reaches the core: through the program that is running with this data folder, or by being that program itself. */
export interface CliClient extends Disposable {
  /** True when another program (the app, the server) does the work and goes on after this command. */
  readonly attached: boolean;
  envelope(name: string, input: unknown, signal?: AbortSignal): Promise<Envelope<unknown>>;
  /** The operation's answer, or the AppError it failed with. */
  call<N extends OperationName>(name: N, input: InputOf<N>, signal?: AbortSignal): Promise<OutputOf<N>>;
  grant(path: string): Promise<FileHandle>;
  /** Lets profiles and settings name a file or folder of this computer. Returns its path as it is to be stored. SETTING_INVALID. */
  allow(purpose: Purpose, path: string): Promise<string>;
}

/** Milliseconds to wait for a program that has taken the data folder and does not listen yet, or not any more. */
const MAX_WAIT_MS = 5000;

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
      onUpdating: updatingNotes(note),
      confirmDemo: () => {
        note('The demo cluster is this computer: jobs that you submit to it run here, as you. (This is said once.)');
        return Promise.resolve(true);
      },
    });
  } catch (error) {
    if (AppError.is(error, 'DATA_FOLDER_TAKEN')) return null;
    throw error;
  }
}

/** Opens the client of a data folder. Errors: those of `startProgram`. */
export async function openCliClient(dataFolder: string, guard: ProcessGuard): Promise<CliClient> {
  await prepareDataFolder(dataFolder);
  for (const deadline = Date.now() + MAX_WAIT_MS; ;) {
    const running = await findRunningProgram(dataFolder);
    if (running !== null) {
      return build(
        true,
        (name, input, signal) => running.call(name, input, signal),
        running,
        () => running.dispose(),
      );
    }
    const program = await becomeProgram(dataFolder, guard);
    if (program !== null) {
      const places: Pick<CliClient, 'grant' | 'allow'> = {
        grant: (file) => program.core.grantFile(file),
        allow: (purpose, place) => Promise.resolve(program.core.allowPlace(purpose, path.resolve(place), 'command')),
      };
      return build(
        false,
        (name, input, signal) => program.dispatch(name, input, { signal }),
        places,
        () => program.dispose(),
      );
    }
    if (Date.now() > deadline)
      throw new AppError('DATA_FOLDER_TAKEN', {
        details: { folder: dataFolder, owner: await describeOwner(dataFolder) },
      });
    await delay(100);
  }
}

function build(
  attached: boolean,
  envelope: CliClient['envelope'],
  { grant, allow }: Pick<CliClient, 'grant' | 'allow'>,
  dispose: () => void | Promise<void>,
): CliClient {
  return {
    attached,
    envelope,
    grant,
    allow,
    dispose,
    call: async (name, input, signal) => {
      const answer = await envelope(name, input, signal);
      if (!answer.ok) throw fromWire(answer.error);
      return answer.value as OutputOf<typeof name>;
    },
  };
}
