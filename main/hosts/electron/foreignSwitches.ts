/**
 * Chromium's switches that hand the window to somebody else: they open it to a debugger, load code into it, start other programs in
 * its place, or take its walls away. Electron's fuses cover Node's own (--inspect, NODE_OPTIONS) and not these. `no-sandbox` is not among
 * them: it is the only way for root, and packages of the system pass it where the kernel has no sandbox to offer; nor is
 * `allow-file-access-from-files`, which Electron sets itself and a fuse takes back.
 */
const FOREIGN = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'remote-debugging-address',
  'remote-allow-origins',
  'js-flags',
  'load-extension',
  'disable-web-security',
  'disable-site-isolation-trials',
  'browser-subprocess-path',
  'renderer-cmd-prefix',
  'utility-cmd-prefix',
  'gpu-launcher',
  'single-process',
] as const;

/**
 * Those of the command line, of which an installed Slipway must not start with one: a link or a file that some other program opens with
 * it may bring them along. Taking them out is too late for a debugging port, which is open before our first line.
 */
export function foreignSwitches(hasSwitch: (name: string) => boolean): string[] {
  return FOREIGN.filter(hasSwitch);
}
