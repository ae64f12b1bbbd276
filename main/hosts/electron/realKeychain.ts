/** What Electron's safeStorage says of the system it stands on. */
export interface KeychainFacts {
  readonly platform: NodeJS.Platform;
  readonly isAvailable: boolean;
  /** `getSelectedStorageBackend()`, which only Linux has. */
  readonly backend: string | null;
}

/**
 * True when the system really encrypts. On Linux without a keyring Electron would use a key that is in its own source (`basic_text`),
 * and before it knows better it says `unknown`: neither keeps a secret. Source: Electron's documentation of safeStorage.
 */
export function isRealKeychain({ platform, isAvailable, backend }: KeychainFacts): boolean {
  return (
    isAvailable && (platform !== 'linux' || (backend !== null && backend !== 'basic_text' && backend !== 'unknown'))
  );
}
