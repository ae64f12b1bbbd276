import { useEffect, useState } from 'react';
import { formatBytes } from '../../shared/lib/bytes.ts';
import { formatDuration } from '../../shared/lib/duration.ts';
import { exactTime, pastTime, relativeTime } from './times.ts';

/** The present in epoch milliseconds, drawn anew every `everyMs`; it stands still while `isRunning` is false. */
export function useNow(everyMs: number, isRunning = true): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isRunning) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, isRunning]);
  return now;
}

/**
 * "2 min ago", the exact time on hover. `at` is epoch milliseconds; `null` is shown as a dash. `isAhead`: it may be yet to come.
 */
export function RelativeTime({ at, isAhead = false }: { at: number | null; isAhead?: boolean }) {
  const now = useNow(10_000, at !== null);
  if (at === null) return <span className="muted">–</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={exactTime(at)}>
      {isAhead ? relativeTime(at, now) : pastTime(at, now)}
    </time>
  );
}

/** Seconds, or a dash. */
export function Duration({ seconds }: { seconds: number | null }) {
  return seconds === null ? <span className="muted">–</span> : <span>{formatDuration(seconds)}</span>;
}

/** A duration that runs on from `since` (epoch ms). */
export function RunningDuration({ since }: { since: number }) {
  const now = useNow(1000);
  return <span>{formatDuration((now - since) / 1000)}</span>;
}

export function Bytes({ value }: { value: number | null }) {
  return value === null ? (
    <span className="muted">–</span>
  ) : (
    <span title={`${String(value)} B`}>{formatBytes(value)}</span>
  );
}
