/** One measured figure: what, where, against which baseline. `samples` in the unit named. */
export interface Figure {
  readonly name: string;
  readonly unit: 'ms' | 'kB' | 'MB/s' | 'µs' | '/h';
  readonly median: number;
  readonly p95: number;
  readonly samples: number;
  /** The same done the usual way, in the same run, as a median; null where there is no other way. */
  readonly baseline: { readonly name: string; readonly median: number } | null;
  /** The goal as a sentence and whether it was met. */
  readonly goal: string;
  readonly met: boolean;
}

export function quantile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

/** Milliseconds of each of `runs` runs after `warmUp` that are not counted. */
export async function time(runs: number, warmUp: number, work: (run: number) => unknown): Promise<number[]> {
  const samples: number[] = [];
  for (let run = -warmUp; run < runs; run += 1) {
    const started = performance.now();
    await work(run);
    if (run >= 0) samples.push(performance.now() - started);
  }
  return samples;
}

/** A and B in turn, so that a machine whose speed drifts treats both alike. */
export async function timeInTurn(
  runs: number,
  a: (run: number) => unknown,
  b: (run: number) => unknown,
): Promise<{ a: number[]; b: number[] }> {
  const samples = { a: [] as number[], b: [] as number[] };
  for (let run = -1; run < runs; run += 1) {
    const startedA = performance.now();
    await a(run);
    const startedB = performance.now();
    await b(run);
    const ended = performance.now();
    if (run >= 0) {
      samples.a.push(startedB - startedA);
      samples.b.push(ended - startedB);
    }
  }
  return samples;
}

/** Milliseconds for which the main thread did nothing else, at most, while `work` ran. */
export async function longestHold(work: () => Promise<void>): Promise<number> {
  let longest = 0;
  let before = performance.now();
  let over = false;
  const tick = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - before);
    before = now;
    if (!over) setImmediate(tick);
  };
  setImmediate(tick);
  await work();
  over = true;
  tick();
  return longest;
}

const shown = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(3);

/** The figures as a table for people and as JSON lines for programs. */
export function report(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    `${shown(figure.median)} ${figure.unit}`,
    `${shown(figure.p95)} ${figure.unit}`,
    String(figure.samples),
    figure.baseline === null ? '' : `${shown(figure.baseline.median)} ${figure.unit} (${figure.baseline.name})`,
    figure.baseline === null ? '' : (figure.median / figure.baseline.median).toFixed(2),
    `${figure.met ? 'met' : 'NOT MET'}: ${figure.goal}`,
  ]);
  const headings = ['figure', 'median', 'p95', 'runs', 'baseline', '÷ baseline', 'goal'];
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(headings), ...rows.map(line), '', ...figures.map((figure) => JSON.stringify(figure))].join('\n');
}
