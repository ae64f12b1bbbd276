import { READERS } from '../main/slurm/testing/readers.ts';
import { HOSTILE_SHAPES } from '../shared/lib/testing/hostileText.ts';
import { median, quantile, type Figure } from './measure.ts';

const LENGTH = 1_000_000;
const LIMIT_MS = 50;

const took = (read: (text: string) => unknown, text: string): number => {
  const started = performance.now();
  read(text);
  return performance.now() - started;
};

/** Every character once, and nothing made of it: no reader is quicker. */
function walk(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i += 1) sum += text.charCodeAt(i);
  return sum;
}

/** Each reader of a cluster's answers over each kind of hostile text, 1 MB of it. What takes long is read again, and the best of three counts: the first also compiles. */
export function readersOfForeignText(): Figure[] {
  const samples: number[] = [];
  const walks: number[] = [];
  let slowest = { ms: -1, name: '' };
  for (const [name, [read, ...around]] of Object.entries(READERS)) {
    for (const [before, after] of [around[0] ?? ['', '']] as const) {
      for (const [shape, make] of HOSTILE_SHAPES) {
        const text = before + make(LENGTH) + after;
        const first = took(read, text);
        const ms = first <= LIMIT_MS / 2 ? first : Math.min(first, took(read, text), took(read, text));
        samples.push(ms);
        if (samples.length % 50 === 0) walks.push(took(walk, text));
        if (ms > slowest.ms)
          slowest = {
            ms,
            name: `${name}, ${shape}${before === '' ? '' : ` behind ${JSON.stringify(before.slice(-24))}`}`,
          };
      }
    }
  }
  const baseline = { name: 'each character once', median: median(walks) };
  return [
    {
      name: 'reading 1 MB of hostile text',
      unit: 'ms',
      median: median(samples),
      p95: quantile(samples, 0.95),
      samples: samples.length,
      baseline,
      goal: `≤ ${String(LIMIT_MS)} ms at p95`,
      met: quantile(samples, 0.95) <= LIMIT_MS,
    },
    {
      name: `the slowest (${slowest.name})`,
      unit: 'ms',
      median: slowest.ms,
      p95: slowest.ms,
      samples: 1,
      baseline,
      goal: `≤ ${String(LIMIT_MS)} ms`,
      met: slowest.ms <= LIMIT_MS,
    },
  ];
}
