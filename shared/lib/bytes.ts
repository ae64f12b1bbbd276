const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Bytes for people, in powers of 1024 as Slurm counts: `512 B`, `3.1 GiB`. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const shown = unit === 0 || value >= 100 ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/, '');
  return `${bytes < 0 ? '-' : ''}${shown} ${UNITS[unit] ?? 'B'}`;
}

const FACTOR: Record<string, number> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4, P: 1024 ** 5 };

/**
 * Reads a Slurm memory size: digits with K, M, G or T; without a suffix it is MiB. Returns bytes, or null when it is not one.
 * A fraction is accepted since Slurm itself prints `1.50G`. Source: sbatch(1), --mem.
 */
export function parseSlurmMemory(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGTP])?[Bb]?$/i.exec(text.trim());
  if (!match) return null;
  const factor = FACTOR[(match[2] ?? 'M').toUpperCase()] ?? FACTOR['M'] ?? 1;
  return Math.round(Number(match[1]) * factor);
}

/** Reads a file size limit of a template (`10MB`, `10 GiB`, `500k`, `2048` = bytes); MB and MiB both count 1024². Returns bytes or null. */
export function parseFileSize(text: string | number): number | null {
  if (typeof text === 'number') return Number.isFinite(text) && text >= 0 ? text : null;
  const match = /^(\d+(?:\.\d+)?)\s*([KMGTP]?)(?:i?B)?$/i.exec(text.trim());
  if (!match) return null;
  const suffix = (match[2] ?? '').toUpperCase();
  return Math.round(Number(match[1]) * (suffix === '' ? 1 : (FACTOR[suffix] ?? 1)));
}

/** Bytes as sbatch accepts them: whole GiB, MiB or KiB, rounded up so that a request never shrinks. */
export function toSlurmMemory(bytes: number): string {
  for (const suffix of ['G', 'M'] as const) {
    const factor = FACTOR[suffix] ?? 1;
    if (bytes >= factor && bytes % factor === 0) return `${String(bytes / factor)}${suffix}`;
  }
  return `${String(Math.max(1, Math.ceil(bytes / 1024)))}K`;
}
