/**
 * Paths as the shell writes them and as this computer does. They are the same except on Windows, where the bash of Git for Windows
 * says `/c/Users/me` for `C:\Users\me`.
 */
const WINDOWS = process.platform === 'win32';

/** `/c/Users/me` → `C:\Users\me` on Windows; elsewhere as it is. */
export function localPath(shell: string): string {
  if (!WINDOWS) return shell;
  const drive = /^\/([A-Za-z])(?:\/|$)(.*)$/s.exec(shell);
  return (drive === null ? shell : `${drive[1]?.toUpperCase() ?? ''}:\\${drive[2] ?? ''}`).replaceAll('/', '\\');
}

/** `C:\Users\me` → `/c/Users/me` on Windows; elsewhere as it is. */
export function shellPath(local: string): string {
  if (!WINDOWS) return local;
  const drive = /^([A-Za-z]):[\\/]?(.*)$/s.exec(local);
  return (drive === null ? local : `/${drive[1]?.toLowerCase() ?? ''}/${drive[2] ?? ''}`).replaceAll('\\', '/');
}
