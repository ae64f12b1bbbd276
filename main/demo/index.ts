import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ResourceScope } from '../../shared/lib/disposable.ts';
import { quote } from '../../shared/lib/quote.ts';
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
function loginEnvironment(
  user: string,
  home: string,
  scratch: string,
  binFolder: string,
  bash: string,
): Record<string, string> {
  const kept = ['LANG', 'LC_ALL', 'TMPDIR', 'TZ', 'SYSTEMROOT', 'TEMP', 'TMP', 'PATHEXT', 'COMSPEC'];
  const separator = process.platform === 'win32' ? ';' : ':';
  return {
    ...Object.fromEntries(kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))),
    HOME: process.platform === 'win32' ? shellPath(home) : home,
    USER: user,
    LOGNAME: user,
    SHELL: bash,
    SCRATCH: shellPath(scratch),
    PATH: [binFolder, ...systemPath()].join(separator),
  };
}

const PROFILE_NOTE = '# Written by the demo cluster; yours once you take this line out.';

/** A login bash finds the demo's commands again, which /etc/profile may have taken off PATH, and `module`. */
function writeProfile(home: string, binFolder: string, moduleFunction: string): void {
  const file = path.join(home, '.bash_profile');
  const text = `${PROFILE_NOTE}\nPATH=${quote(shellPath(binFolder))}:$PATH\n. ${quote(shellPath(moduleFunction))}\n`;
  if (!existsSync(file) || readFileSync(file, 'utf8').startsWith(PROFILE_NOTE)) writeFileSync(file, text);
}

/**
 * Starts the demo cluster: an SSH server on loopback with a Slurm behind it that runs jobs on this computer. Everything it keeps is
 * below `dataFolder/demo`; jobs of an earlier run are taken up again.
 * Errors: DEMO_UNAVAILABLE (no bash; another process has the folder).
 */
export async function startDemoCluster(options: DemoClusterOptions): Promise<DemoCluster> {
  const folder = path.resolve(options.dataFolder, 'demo');
  const opened = new ResourceScope();
  try {
    const slurm = opened.use(
      await startDemoSlurm({ folder: path.join(folder, 'slurm'), clockScale: options.clockScale }),
    );
    const home = path.join(folder, 'home');
    const scratch = path.join(folder, 'scratch');
    for (const each of [home, scratch]) mkdirSync(each, { recursive: true, mode: 0o700 });
    writeProfile(home, slurm.binFolder, slurm.moduleFunction);
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
        environment: loginEnvironment(slurm.user.name, home, scratch, slurm.binFolder, slurm.bash),
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
