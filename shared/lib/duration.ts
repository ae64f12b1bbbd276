/**
 * Reads a Slurm time limit or elapsed time: `MM`, `MM:SS`, `HH:MM:SS`, `D-HH`, `D-HH:MM`, `D-HH:MM:SS`.
 * Returns seconds, `Infinity` for UNLIMITED/INFINITE, `null` for what Slurm prints when it does not know
 * (NOT_SET, N/A, Unknown, Partition_Limit, INVALID, empty) and for anything that is not a time.
 * Source: sbatch(1), --time.
 */
export function parseSlurmDuration(text: string): number | null {
  const value = text.trim();
  if (/^(unlimited|infinite)$/i.test(value)) return Infinity;
  const days = /^(\d+)-(\d{1,2})(?::(\d{1,2}))?(?::(\d{1,2}))?$/.exec(value);
  if (days) {
    const [, d, h, m = '0', s = '0'] = days;
    return ((Number(d) * 24 + Number(h)) * 60 + Number(m)) * 60 + Number(s);
  }
  const parts = /^(\d+)(?::(\d{1,2}))?(?::(\d{1,2}))?$/.exec(value);
  if (!parts) return null;
  const [, a, b, c] = parts;
  if (c !== undefined) return (Number(a) * 60 + Number(b)) * 60 + Number(c);
  if (b !== undefined) return Number(a) * 60 + Number(b);
  return Number(a) * 60;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** Seconds as sbatch accepts them: `HH:MM:SS`, or `D-HH:MM:SS` from one day on. Fractions are dropped. */
export function toSlurmDuration(seconds: number): string {
  const total = Math.max(0, Math.floor(seconds));
  const d = Math.floor(total / 86_400);
  const clock = `${two(Math.floor((total % 86_400) / 3600))}:${two(Math.floor((total % 3600) / 60))}:${two(total % 60)}`;
  return d > 0 ? `${String(d)}-${clock}` : clock;
}

/** Seconds for people: `0:42`, `12:05`, `4:00:00`, `1 d 02:03`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '∞';
  const total = Math.max(0, Math.floor(seconds));
  const d = Math.floor(total / 86_400);
  const h = Math.floor((total % 86_400) / 3600);
  const m = Math.floor((total % 3600) / 60);
  if (d > 0) return `${String(d)} d ${two(h)}:${two(m)}`;
  if (h > 0) return `${String(h)}:${two(m)}:${two(total % 60)}`;
  return `${String(m)}:${two(total % 60)}`;
}
