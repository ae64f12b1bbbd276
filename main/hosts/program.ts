import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import path from 'node:path';
import { ERRORS } from '../../shared/errors/codes.ts';
import { ResourceScope, type Disposable } from '../../shared/lib/disposable.ts';
import type { Core } from '../core/core.ts';
import { createCore } from '../core/createCore.ts';
import { createFileLog } from '../log/fileLog.ts';
import type { CorePorts, Log, Notifier, Vault } from '../core/ports.ts';
import { systemClock } from '../clock/systemClock.ts';
import { startDemoCluster } from '../demo/index.ts';
import { createConnector, createSshConfigReader } from '../ssh/index.ts';
import { keepCopies } from '../store/copyKeeper.ts';
import type { DamageListener } from '../store/damage.ts';
import { openStore } from '../store/index.ts';
import { upgradeStore, type UpgradeProgress } from '../store/upgrade.ts';
import { defaultKnownHosts, defaultSshConfig, programFolder, sshFolder } from './appFolders.ts';
import { claimDataFolder } from './control.ts';
import { keepFilesPrivate, prepareDataFolder } from './dataFolder.ts';
import { createDispatch, type Dispatch } from './dispatch.ts';
import type { ProcessGuard } from './processGuard.ts';
import { databaseFile, withWayOut } from './recovery.ts';
import { watchWake, type WakeWatch } from './wakeWatch.ts';

export interface ProgramOptions {
  readonly host: CorePorts['host'];
  readonly version: string;
  readonly dataFolder: string;
  /** Path of a native build of better-sqlite3 for runtimes that cannot load the shipped one. */
  readonly nativeBinding?: string | undefined;
  readonly vault?: Vault;
  /** Tells the person that jobs of the demo cluster run on this computer (`CorePorts.confirmDemo`). Without it none is run. */
  readonly confirmDemo?: CorePorts['confirmDemo'];
  readonly notifier?: Notifier;
  /** When the host's window is drawn; at once where there is none. */
  readonly drawn?: Promise<void>;
  /** Where the host is told of sleep and waking by the system; otherwise it is noticed. The program disposes it. */
  readonly wake?: WakeWatch;
  /** Told how far it is while the database of an older version is updated, which may take seconds; not called otherwise. */
  readonly onUpdating?: (progress: UpgradeProgress) => void;
  /** Is given the log, for errors that nobody handles. */
  readonly guard?: ProcessGuard;
}

/** A running core with everything it needs, for a host to put a face on. */
export interface Program extends Disposable {
  readonly core: Core;
  readonly dispatch: Dispatch;
  readonly log: Log;
  readonly dataFolder: string;
}

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/** Cryptographically random text of [0-9a-z]. */
export function randomId(length: number): string {
  let text = '';
  while (text.length < length) {
    // 252 = 7 × 36: bytes above it would favour the first letters
    for (const byte of randomBytes(length)) if (byte < 252 && text.length < length) text += ALPHABET[byte % 36] ?? '';
  }
  return text;
}

/** Secrets for as long as the process lives: what hosts without a keychain offer. */
export function createMemoryVault(): Vault {
  const secrets = new Map<string, string>();
  return {
    persistent: false,
    get: async (key) => secrets.get(key) ?? null,
    set: async (key, secret) => void secrets.set(key, secret),
    delete: async (key) => void secrets.delete(key),
  };
}

/**
 * Composes adapters and core. The data folder belongs to one program at a time, and to one user.
 * Errors: DATA_FOLDER_TAKEN, DATA_FOLDER_UNSAFE, DATA_FOLDER_UNUSABLE, STORE_UNAVAILABLE, STORE_DAMAGED, STORE_NEWER.
 */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const opened = new ResourceScope();
  try {
    keepFilesPrivate();
    await prepareDataFolder(options.dataFolder);
    const control = opened.use(await claimDataFolder(options.dataFolder, options));
    const log = createFileLog({ folder: path.join(options.dataFolder, 'logs'), clock: systemClock });
    opened.use(log);
    options.guard?.writeTo(log);
    const file = databaseFile(options.dataFolder);
    const { nativeBinding } = options;
    const onDamage: DamageListener = (row) =>
      log.write('error', 'record_unreadable', null, { error_code: ERRORS.STORE_DAMAGED.code, ...row });
    await upgradeStore({ file, nativeBinding, onDamage, onProgress: options.onUpdating ?? (() => undefined) });
    const store = opened.use(openStore({ file, onDamage, nativeBinding }));
    opened.use(
      keepCopies({
        file,
        nativeBinding,
        now: () => systemClock.now(),
        onResult: (result) =>
          result.kind === 'damaged'
            ? log.write('error', 'store_copy_damaged', null, { error_code: ERRORS.STORE_DAMAGED.code, ...result })
            : log.write(result.kind === 'copied' ? 'info' : 'warn', `store_copy_${result.kind}`, null, { ...result }),
      }),
    );
    const connector = opened.use(createConnector({ knownHostsFiles: defaultKnownHosts() }));
    const core = opened.use(
      createCore({
        connector,
        store,
        log,
        vault: options.vault ?? createMemoryVault(),
        clock: systemClock,
        notifier: options.notifier ?? { notify: () => undefined },
        startDemo: () => startDemoCluster({ dataFolder: options.dataFolder }),
        confirmDemo: options.confirmDemo ?? (() => Promise.resolve(false)),
        randomId,
        folders: { data: options.dataFolder, officialTemplates: path.join(programFolder(), 'templates', 'official') },
        usualPlaces: { home: homedir(), ssh: [sshFolder()] },
        host: options.host,
        version: options.version,
        drawn: options.drawn ?? Promise.resolve(),
        sshConfig: createSshConfigReader(defaultSshConfig()),
        wake: opened.use(options.wake ?? watchWake()),
      }),
    );
    const dispatch = createDispatch(core, log, randomId);
    control.serve({
      dispatch,
      grant: (file) => core.grantFile(file),
      allow: (purpose, place) => core.allowPlace(purpose, place, 'command'),
    });
    return { core, dispatch, log, dataFolder: options.dataFolder, dispose: () => opened.dispose() };
  } catch (error) {
    await opened.dispose();
    throw withWayOut(error, options.dataFolder, options);
  }
}
