import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DisposableStack } from '../../shared/lib/disposable.ts';
import type { DemoCluster } from '../core/ports.ts';
import { keyPair } from './keys.ts';
import { shellPath } from './paths.ts';
import { writeSampleImages } from './sampleImages.ts';
import { startDemoSlurm } from './slurm/index.ts';
import { startSshServer } from './sshServer.ts';
import { systemPath } from './systemPath.ts';

export interface DemoClusterOptions {
  /** The app's data folder; the demo lives in its `demo` folder. */
  readonly dataFolder: string;
  /** How many times faster than real time limits and grace periods of jobs pass. Default 1. */
  readonly clockScale?: number;
}

/** A login's variables: nothing of the app's own environment but PATH, language and the folder for temporary files. */
function loginEnvironment(user: string, home: string, binFolder: string, bash: string): Record<string, string> {
  const kept = ['LANG', 'LC_ALL', 'TMPDIR', 'TZ', 'SYSTEMROOT', 'TEMP', 'TMP', 'PATHEXT', 'COMSPEC'];
  const separator = process.platform === 'win32' ? ';' : ':';
  return {
    ...Object.fromEntries(kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))),
    HOME: process.platform === 'win32' ? shellPath(home) : home,
    USER: user,
    LOGNAME: user,
    SHELL: bash,
    PATH: [binFolder, ...systemPath()].join(separator),
  };
}

/**
 * Starts the demo cluster: an SSH server on loopback with a Slurm behind it that runs jobs on this computer. Everything it keeps is
 * below `dataFolder/demo`; jobs of an earlier run are taken up again.
 * Errors: DEMO_UNAVAILABLE (no bash; another process has the folder).
 */
export async function startDemoCluster(options: DemoClusterOptions): Promise<DemoCluster> {
  const folder = path.resolve(options.dataFolder, 'demo');
  const opened = new DisposableStack();
  try {
    const slurm = opened.use(await startDemoSlurm({ folder: path.join(folder, 'slurm'), clockScale: options.clockScale }));
    const home = path.join(folder, 'home');
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const clientKey = keyPair(path.join(folder, 'keys'), 'id_ed25519');
    const hostKey = keyPair(path.join(folder, 'keys'), 'host_ed25519');
    const imageFolders = writeSampleImages(path.join(folder, 'shared', 'apptainer', 'images'));
    const server = opened.use(
      await startSshServer({
        hostKey,
        clientKey,
        user: slurm.user.name,
        bash: slurm.bash,
        home,
        environment: loginEnvironment(slurm.user.name, home, slurm.binFolder, slurm.bash),
      }),
    );
    return {
      port: server.port,
      user: slurm.user.name,
      privateKeyPath: clientKey.privateKeyPath,
      hostKeyFingerprint: hostKey.fingerprint,
      imageFolders: imageFolders.map(shellPath),
      dispose: () => opened.dispose(),
    };
  } catch (error) {
    await opened.dispose();
    throw error;
  }
}
