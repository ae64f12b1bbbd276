/** What HOST_KEY_CHANGED tells in its details. */
export interface KeyChange {
  host: string;
  port: number;
  /** Where the known key stands. */
  file: string | null;
  line: number | null;
  known: string[];
  offered: string;
}

/** The changed key of a failed connection, or null when the error is another one or does not tell enough to act on. */
export function keyChangeOf(error: { name: string; details?: Readonly<Record<string, unknown>> }): KeyChange | null {
  const { details = {} } = error;
  const { host, port, file, line, offeredFingerprint, knownFingerprints } = details;
  if (error.name !== 'HOST_KEY_CHANGED' || typeof host !== 'string' || typeof offeredFingerprint !== 'string')
    return null;
  const known = Array.isArray(knownFingerprints) ? knownFingerprints.filter((one) => typeof one === 'string') : [];
  return {
    host,
    port: typeof port === 'number' ? port : 22,
    file: typeof file === 'string' && file !== '' ? file : null,
    line: typeof line === 'number' ? line : null,
    known,
    offered: offeredFingerprint,
  };
}
