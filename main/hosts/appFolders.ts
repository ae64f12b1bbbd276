import { homedir, platform, userInfo } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where Slipway keeps its own data unless told otherwise, by the system's own convention. */
export function defaultDataFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const home = homedir();
  switch (platform()) {
    case 'darwin':
      return path.join(home, 'Library', 'Application Support', 'Slipway');
    case 'win32':
      return path.join(environment['APPDATA'] ?? path.join(home, 'AppData', 'Roaming'), 'Slipway');
    default:
      return path.join(environment['XDG_DATA_HOME'] ?? path.join(home, '.local', 'share'), 'slipway');
  }
}

/** The folder above `out/main` (bundled) or `main/hosts` (from source): where `templates` and `out/renderer` are. */
export function programFolder(): string {
  return path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
}

/** The folder of the system's SSH files. */
function systemSshFolder(): string {
  return platform() === 'win32' ? path.join(process.env['ProgramData'] ?? 'C:\\ProgramData', 'ssh') : '/etc/ssh';
}

/** The user's own known_hosts (read and written) and the system's (read), as OpenSSH has them. */
export function defaultKnownHosts(): string[] {
  return [path.join(homedir(), '.ssh', 'known_hosts'), path.join(systemSshFolder(), 'ssh_known_hosts')];
}

/** Where keys and known_hosts usually are. */
export function sshFolder(): string {
  return path.join(homedir(), '.ssh');
}

/** Whose SSH configuration is read, and the system's. */
export function defaultSshConfig(): { home: string; systemFile: string; userName: string } {
  return { home: homedir(), systemFile: path.join(systemSshFolder(), 'ssh_config'), userName: userInfo().username };
}
