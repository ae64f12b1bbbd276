import { MARK } from './record.ts';

/** sh that tells the number of the user who asks, and the names of others by their numbers. What is no number is left out. */
export function usersScript(uids: readonly string[]): string {
  const numbers = uids.filter((uid) => /^\d{1,10}$/.test(uid));
  return [
    `printf '${MARK} own %s\\n' "$(id -u)"`,
    ...numbers.map(
      (uid) =>
        `n=$(id -un -- ${uid} 2>/dev/null) || n=$(getent passwd ${uid} 2>/dev/null | cut -d: -f1); printf '${MARK} user ${uid} %s\\n' "$n"`,
    ),
  ].join('\n');
}

/** Reads the answer of `usersScript`: the own number, and the name of each number that has one. Never throws. */
export function parseUsers(stdout: string): { own: string | null; names: ReadonlyMap<string, string> } {
  const names = new Map<string, string>();
  let own: string | null = null;
  for (const line of stdout.split('\n')) {
    own = /^@slipway own (\d{1,10})$/.exec(line)?.[1] ?? own;
    const [, uid, name] = /^@slipway user (\d{1,10}) (\S{1,100})$/.exec(line) ?? [];
    if (uid !== undefined && name !== undefined) names.set(uid, name);
  }
  return { own, names };
}
