const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

/**
 * Milliseconds before attempt number `attempt` (from 1): doubling from 1 s to 60 s, each shortened by up to a quarter so that
 * many clients do not return to a restarted login node in the same second. `random` is in [0, 1).
 */
export function backoff(attempt: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 10));
  return Math.round(full * (1 - random / 4));
}
