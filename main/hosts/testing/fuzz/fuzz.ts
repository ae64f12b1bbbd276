/**
 * `node fuzz.ts --seed 1,2 --calls 52000 --long 2000`: the campaign, one seed after the other. Prints each finding on a line, a table with
 * `--table`, and at the end of each seed a summary. Ends with 1 when something was found.
 */
import { parseArgs } from 'node:util';
import { runCampaign, type Outcome } from './campaign.ts';
import type { Tally } from './harness.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1,2' },
    calls: { type: 'string', default: '52000' },
    long: { type: 'string', default: '2000' },
    table: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const mb = (bytes: number): string => `${String(Math.round(bytes / 1e6))} MB`;

/** Findings of one kind that are printed. */
const EXAMPLES = 2;

/** As much of a text as fits a terminal's few lines. */
const brief = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most)}… (${String(text.length)} characters)`;

function tell(seed: number, { tally, before, after, left, storeBytes, logBytes }: Outcome, seconds: number): void {
  const kinds = new Map<string, number>();
  for (const { index, operation, what, input } of tally.findings) {
    const kind = `${operation} ${what.replaceAll(/\d+/g, '#')}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    if ((kinds.get(kind) ?? 0) > EXAMPLES) continue;
    say(
      `FOUND seed=${String(seed)} index=${String(index)} ${operation}: ${brief(what, 1500)}  input=${brief(JSON.stringify(input), 600)}`,
    );
  }
  for (const [kind, count] of kinds)
    if (count > EXAMPLES) say(`FOUND seed=${String(seed)} ${String(count - EXAMPLES)} more like ${brief(kind, 200)}`);
  for (const what of left) say(`LEFT seed=${String(seed)} ${what}`);
  if (values.table) table(tally);
  say(
    `worst holds: ${tally.holds.map(({ ms, calls }) => `${String(Math.round(ms))} ms ${calls.join(' + ')}`).join('; ')}`,
  );
  say(
    `codes: ${[...tally.codes]
      .sort(([a], [b]) => a - b)
      .map(([code, count]) => `${String(code)}×${String(count)}`)
      .join(' ')}`,
  );
  say(
    `seed ${String(seed)}: ${String(tally.calls)} calls, ${String(tally.internal)} internal errors, worst hold ${String(Math.round(tally.holds[0]?.ms ?? 0))} ms, ` +
      `slowest answer ${String(Math.round(tally.slowest.ms))} ms (${tally.slowest.call}), heap ${mb(before.heap)} → ${mb(after.heap)}, rss ${mb(after.rss)}, ` +
      `descriptors ${String(before.descriptors)} → ${String(after.descriptors)}, store ${mb(storeBytes)}, log ${mb(logBytes)}, ${String(tally.findings.length)} findings, ${String(left.length)} left over, ${String(Math.round(seconds))} s`,
  );
}

function table(tally: Tally): void {
  for (const [refusal, count] of [...tally.refusals].sort(([, a], [, b]) => b - a).slice(0, 60))
    say(`${String(count).padStart(6)} × ${JSON.stringify(refusal)}`);
  for (const [name, { calls, good, invalid }] of [...tally.byOperation].sort(([a], [b]) => a.localeCompare(b)))
    say(
      `${name.padEnd(26)} ${String(calls).padStart(6)} calls ${String(good).padStart(6)} good ${String(invalid).padStart(6)} invalid`,
    );
}

let found = 0;
for (const seed of values.seed.split(',').map(Number)) {
  const started = performance.now();
  const outcome = await runCampaign({
    seed,
    calls: Number(values.calls),
    long: Number(values.long),
    // at once, in case that the next one ends the process
    onFinding: ({ index, operation, what }) =>
      process.stderr.write(`seed ${String(seed)} index ${String(index)} ${operation}: ${brief(what, 300)}\n`),
    ...(values.quiet ? {} : { onProgress: (at: string) => process.stderr.write(`seed ${String(seed)}: ${at}\n`) }),
  });
  tell(seed, outcome, (performance.now() - started) / 1000);
  found += outcome.tally.findings.length + outcome.left.length;
}
process.exit(found > 0 ? 1 : 0);
