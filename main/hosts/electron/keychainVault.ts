import { safeStorage } from 'electron';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createHash } from 'node:crypto';
import type { Vault } from '../../core/ports.ts';
import { createMemoryVault } from '../program.ts';
import { isRealKeychain } from './realKeychain.ts';

/** An older runtime without the asynchronous calls keeps secrets in memory. */
async function hasRealKeychain(): Promise<boolean> {
  const { isAsyncEncryptionAvailable } = safeStorage as Partial<typeof safeStorage>;
  if (isAsyncEncryptionAvailable === undefined) return false;
  const isAvailable = await safeStorage.isAsyncEncryptionAvailable();
  return isRealKeychain({
    platform: process.platform,
    isAvailable,
    backend: process.platform === 'linux' ? safeStorage.getSelectedStorageBackend() : null,
  });
}

/** Secrets encrypted by the operating system's keychain, one file each; in memory only where there is no keychain. */
export async function createKeychainVault(folder: string): Promise<Vault> {
  if (!(await hasRealKeychain())) return createMemoryVault();
  const fileOf = (key: string): string => path.join(folder, createHash('sha256').update(key).digest('hex'));
  return {
    persistent: true,
    get: async (key) => {
      const sealed = await readFile(fileOf(key)).catch(() => null);
      if (sealed === null) return null;
      try {
        return (await safeStorage.decryptStringAsync(sealed)).result;
      } catch {
        // sealed by another user or keychain: as good as not there
        return null;
      }
    },
    set: async (key, secret) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = fileOf(key);
      await writeFile(`${file}.new`, await safeStorage.encryptStringAsync(secret), { mode: 0o600 });
      await rename(`${file}.new`, file);
    },
    delete: (key) => rm(fileOf(key), { force: true }),
  };
}
