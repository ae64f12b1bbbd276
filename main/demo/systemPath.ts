/** PATH entries of a login on this computer, without those that a package manager's script run puts in front. */
export function systemPath(environment: NodeJS.ProcessEnv = process.env): string[] {
  const separator = process.platform === 'win32' ? ';' : ':';
  const own = (environment['PATH'] ?? environment['Path'] ?? '')
    .split(separator)
    .filter((entry) => entry !== '' && !entry.includes('node_modules'));
  const usual =
    process.platform === 'win32'
      ? []
      : ['/usr/local/bin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/sbin', '/sbin', '/opt/homebrew/bin'];
  return [...new Set([...own, ...usual])];
}
