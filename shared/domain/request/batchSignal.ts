/** Signals that sbatch knows and bash can hear, by their numbers on Linux. */
const SIGNALS: Readonly<Record<string, string>> = {
  1: 'HUP',
  2: 'INT',
  3: 'QUIT',
  6: 'ABRT',
  10: 'USR1',
  12: 'USR2',
  14: 'ALRM',
  15: 'TERM',
  18: 'CONT',
  20: 'TSTP',
  21: 'TTIN',
  22: 'TTOU',
  23: 'URG',
  24: 'XCPU',
};
const NAMES = new Set(Object.values(SIGNALS));

/**
 * The signal, without SIG, that `--signal=B:…` has sent to the job's script before its time limit: `USR1` of `B:USR1@300` and of `RB:10`.
 * Null where the script itself is sent none (without `B:` only job steps are), or one that no script can hear. Source: sbatch(1), --signal.
 */
export function batchSignal(value: unknown): string | null {
  const named = /^\s*R?BR?:(?:SIG)?(\w+)(?:@\d+)?\s*$/i.exec(String(value))?.[1]?.toUpperCase() ?? '';
  const name = SIGNALS[named] ?? named;
  return NAMES.has(name) ? name : null;
}
