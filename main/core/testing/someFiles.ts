import { remoteFilesFrom, type RemoteFiles } from '../remoteFiles.ts';

/** Files of a cluster for a test that says what its own operations answer; any other rejects with its name. */
export function someFiles(answers: Partial<RemoteFiles>): RemoteFiles {
  return { ...remoteFilesFrom((name) => Promise.reject(new Error(`${name} is not answered here`))), ...answers };
}
