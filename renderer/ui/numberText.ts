/** The number that a person typed, `null` for an empty field, `NaN` for what is none. `1e-5` and a decimal comma are numbers. */
export function readNumber(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const plain = trimmed.replace(/^(-?\d*),(\d+)$/, '$1.$2');
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
}

/** One step further, kept within the bounds and free of binary noise (0.1 + 0.2 → 0.3). */
export function stepNumber(
  value: number | null,
  by: number,
  bounds: { min?: number | undefined; max?: number | undefined },
): number {
  const from = value ?? (by > 0 ? (bounds.min ?? 0) - by : (bounds.max ?? 0) - by);
  const next = Number((from + by).toPrecision(12));
  return Math.min(bounds.max ?? Infinity, Math.max(bounds.min ?? -Infinity, next));
}
