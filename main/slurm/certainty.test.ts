import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CERTAINTY, certaintyOf } from './certainty.ts';
import { SITE_REFUSALS } from './testing/siteRefusals.ts';

/** What the sh function says of each text, in one process. */
function inShell(texts: readonly string[], shell: readonly string[]): string[] {
  const script = [
    CERTAINTY,
    'while IFS= read -r word; do printf "%b" "$word" >"$0"; certainty "$0"; echo "$verdict"; done',
    'rm -f "$0"',
  ].join('\n');
  const [command = '', ...args] = shell;
  const file = `/tmp/slipway-certainty-${String(process.pid)}`;
  const input = texts
    .map(
      (text) => `${[...Buffer.from(text, 'utf8')].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join('')}\n`,
    )
    .join('');
  const { stdout, stderr } = spawnSync(command, [...args, '-c', script, file], { input, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

describe('what is certain after a failed sbatch', () => {
  it.each(SITE_REFUSALS)('$name ($origin): $at', ({ stderr, at }) => {
    expect(certaintyOf(stderr)).toBe(at);
  });

  it.each([
    ['sbatch: error: Invalid --time specification', 'refused'],
    ['sh: 5: sbatch: not found', 'refused'],
    [
      'sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying.\nsbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)',
      'refused',
    ],
    ['bash: line 6: sbatch: command not found', 'refused'],
    // a program around sbatch failed, who knows when
    ['', 'answered'],
    ['sbatch: line 9: tell_the_user: command not found', 'answered'],
    ['sbatch: lua: Submitted job 379027\nwrapper: line 3: log: Permission denied', 'answered'],
    ['sbatch: warning: no more lunch\nsbatch: error: Batch job submission failed: Unspecified error', 'answered'],
    ['sbatch: error: Batch job submission failed: Unexpected message received', 'answered'],
  ] as const)('%j: %s', (stderr, certainty) => {
    expect(certaintyOf(stderr)).toBe(certainty);
  });

  it.each([[['/bin/sh']], [['bash', '--posix']]])('is the same on the cluster, in %s', (shell) => {
    const pieces = fc.constantFrom(
      ...SITE_REFUSALS.flatMap(({ stderr }) => stderr.split('\n')),
      'sbatch: warning: x',
      '',
      '---',
      '  ',
      'Socket timed out',
      'slurm_receive_msg: x',
      'sbatch: fatal: y',
      'é',
      '잡',
    );
    const texts = [
      ...SITE_REFUSALS.map(({ stderr }) => stderr),
      ...fc.sample(
        fc.array(pieces, { maxLength: 5 }).map((lines) => lines.join('\n')),
        120,
      ),
    ];
    expect(inShell(texts, shell)).toEqual(texts.map(certaintyOf));
  });
});
