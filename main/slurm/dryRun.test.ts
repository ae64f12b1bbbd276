import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTestOnly, testOnlyScript } from './dryRun.ts';
import { recorded } from './testing/recorded.ts';

const MARK = 'k3v9x2';

/** One answer as it stands in the output. */
const answer = (text: string, exitCode = 0) =>
  parseTestOnly(`\n${MARK} begin 0\n${text}\n${MARK} end 0 ${String(exitCode)}\n`, MARK, 1)[0];

describe('a test of fit', () => {
  it('tells when and where the job could start', () => {
    expect(answer(recorded('test-only').stderr)).toEqual({
      kind: 'fits',
      start: expect.any(Number) as number,
      processors: 1,
      nodes: 'gpu1',
      partition: 'gpu',
    });
  });

  it('tells why it would be refused', () => {
    const { stderr, exitCode } = recorded('test-only-refused');
    expect(answer(stderr, exitCode)).toMatchObject({
      kind: 'refused',
      error: { name: 'SUBMISSION_FAILED', details: { rule: 'partition-unknown' } },
    });
  });

  it('tells a site’s refusal in the site’s words', () => {
    const said =
      'sbatch: error: You must always specify a type when requesting gpu GRES\nallocation failure: Unspecified error';
    expect(answer(said, 1)).toMatchObject({
      kind: 'refused',
      error: {
        name: 'SUBMISSION_FAILED',
        details: { reason: 'You must always specify a type when requesting gpu GRES' },
      },
    });
  });

  it.each([
    [
      '20.11 to 25.05 (from the source)',
      'sbatch: Job 9 to start at 1795220827 using 1 processors on nodes cn[1-2] in partition normal',
      { start: 1_795_220_827, nodes: 'cn[1-2]', partition: 'normal' },
    ],
    [
      '17.11 and before (from the source)',
      'sbatch: Job 9 to start at 1795220827 using 4 processors on nodes cn1',
      { start: 1_795_220_827, nodes: 'cn1', partition: null },
    ],
    [
      'written by hand',
      'sbatch: Job 9 to start at 1795220827 a using 16 processors on cn1 in partition long on cluster alpha',
      { start: 1_795_220_827, processors: 16 },
    ],
    [
      'a time in words has no zone',
      'sbatch: Job 9 to start at 2026-11-21T10:00:00 using 2 processors on nodes cn1 in partition p',
      { start: null, processors: 2 },
    ],
    [
      'a time that is not known',
      'sbatch: Job 9 to start at Unknown using 2 processors on nodes (null) in partition p',
      { start: null },
    ],
    [
      'with preempted jobs after it',
      'sbatch: Job 9 to start at 1795220827 using 2 processors on nodes cn1 in partition p\nsbatch:   Preempts: 4,5',
      { start: 1_795_220_827 },
    ],
    [
      'with a plugin’s words before it',
      'sbatch: Welcome!\nsbatch: Job 1 to start at noon, you think?\nsbatch: Job 9 to start at 1795220827 using 2 processors on nodes cn1 in partition p',
      { start: 1_795_220_827 },
    ],
  ])('reads the wording of %s', (_release, text, expected) => {
    expect(answer(`${text}\n`)).toMatchObject({ kind: 'fits', ...expected });
  });

  it('is no promise when the answer is empty', () => {
    expect(answer('')).toMatchObject({ kind: 'refused' });
  });
});

describe('several tests in one script', () => {
  /** Runs the script on a login node whose `sbatch` is this small sh program; it gets the job's script on its input. */
  function onLoginNode(sbatch: string, scripts: readonly string[]) {
    const folder = mkdtempSync(path.join(tmpdir(), 'slipway-test-only-'));
    try {
      writeFileSync(path.join(folder, 'sbatch'), `#!/bin/sh\n${sbatch}\n`);
      chmodSync(path.join(folder, 'sbatch'), 0o755);
      const script = testOnlyScript({ runFolder: "/home/mia/it's here", scripts, mark: MARK });
      return parseTestOnly(
        spawnSync('/bin/sh', ['-c', script], {
          env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
          encoding: 'utf8',
        }).stdout,
        MARK,
        scripts.length,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  it('have an answer each, also after one that was refused', () => {
    const sbatch = `read -r line; case $line in bad*) echo 'allocation failure: Invalid qos specification' >&2; exit 1;; esac; echo "sbatch: Job 9 to start at $line using 1 processors on nodes cn1 in partition p" >&2`;
    expect(onLoginNode(sbatch, ['111', 'bad', '333'])).toMatchObject([
      { kind: 'fits', start: 111 },
      { kind: 'refused', error: { details: { rule: 'qos' } } },
      { kind: 'fits', start: 333 },
    ]);
  });

  it('keep their answers apart when a plugin prints without an end of line', () => {
    expect(
      onLoginNode(`printf 'sbatch: Job 9 to start at 5 using 1 processors on nodes cn1 in partition p' >&2`, [
        'a',
        'b',
      ]),
    ).toMatchObject([{ start: 5 }, { start: 5 }]);
  });

  it('are as a real Slurm gave them', () => {
    expect(parseTestOnly(recorded('test-only-variants').stdout, '@mark', 4)).toMatchObject([
      { kind: 'fits', partition: 'gpu', nodes: 'gpu1' },
      { kind: 'refused', error: { details: { rule: 'partition-unknown' } } },
      { kind: 'refused', error: { details: { rule: 'policy-limit' } } },
      { kind: 'fits', partition: 'long', processors: 1 },
    ]);
  });

  it('that were cut off have no answer', () => {
    expect(
      parseTestOnly(
        `\n${MARK} begin 0\nsbatch: Job 9 to start at 5 using 1 processors on nodes cn1 in partition p`,
        MARK,
        2,
      ),
    ).toEqual([null, null]);
  });

  it('whatever is printed, an answer is never taken for that of another', () => {
    const noise = fc
      .array(
        fc.oneof(
          fc.string(),
          fc.constantFrom(
            'begin 0',
            'end 1 0',
            'sbatch: Job 9 to start at 7 using 1 processors on nodes x in partition y',
          ),
        ),
        { maxLength: 6 },
      )
      .map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(noise, noise, (first, second) => {
        const text = `\n${MARK} begin 0\n${first}\n${MARK} end 0 0\n\n${MARK} begin 1\n${second}\nsbatch: Job 9 to start at 8 using 1 processors on nodes cn1 in partition p\n\n${MARK} end 1 0\n`;
        expect(parseTestOnly(text, MARK, 2)[1]).toMatchObject({ kind: 'fits', start: 8 });
      }),
    );
  });
});
