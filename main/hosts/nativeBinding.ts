import { existsSync } from 'node:fs';
import path from 'node:path';
import { programFolder } from './appFolders.ts';

/** True for a checkout of the sources. What is installed or unpacked from an installer has none: electron-builder.yml leaves them out. */
export function isCheckout(folder: string): boolean {
  return (
    !folder.split(path.sep).some((part) => part.endsWith('.asar')) &&
    existsSync(path.join(folder, 'main', 'hosts', 'nativeBinding.ts'))
  );
}

/**
 * Path of another native build of better-sqlite3, for a runtime that cannot load the shipped one (the tests' older Electron). It is code:
 * whoever sets a variable of somebody else's session must not have it loaded, so only a program that runs from its sources looks.
 */
export function givenNativeBinding(
  folder = programFolder(),
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  return isCheckout(folder) ? environment['SLIPWAY_SQLITE_BINDING'] : undefined;
}
