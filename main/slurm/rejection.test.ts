import { forPrograms } from '../../shared/messages/forPrograms.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certaintyOf } from './certainty.ts';
import { rejectionOf } from './rejection.ts';
import { saidWithoutColours } from './siteWords.ts';
import { recorded } from './testing/recorded.ts';
import { SITE_REFUSALS } from './testing/siteRefusals.ts';

describe('what a real sbatch refuses', () => {
  const rules: [recording: string, rule: string][] = [
    ['partition', 'partition-unknown'],
    ['memory', 'memory'],
    ['memory0', 'memory'],
    ['gres', 'nodes-unavailable'],
    ['gres-type', 'nodes-unavailable'],
    ['account', 'account'],
    ['qos', 'qos'],
    ['time', 'time-limit'],
    ['feature', 'feature'],
    ['node-name', 'node-name'],
    ['array', 'array'],
    ['reservation', 'reservation'],
    ['license', 'license'],
    ['option', 'option'],
    ['crlf', 'script-line-ends'],
    ['shebang', 'script-shebang'],
    ['controller', 'controller-unreachable'],
  ];
  it.each(rules)('%s becomes a sentence and a next step: %s', (recording, rule) => {
    const { stderr, exitCode } = recorded(`sbatch-${recording}`);
    expect(exitCode).not.toBe(0);
    const error = rejectionOf(stderr, exitCode);
    expect(error.details).toMatchObject({ rule, said: stderr, exitCode });
    expect(error.message).not.toContain('sbatch:');
    expect(error.message).not.toContain('…');
    expect(error.hint).not.toBe('');
  });

  it('an unreachable controller is worth another try, an unknown partition is not', () => {
    expect(rejectionOf(recorded('sbatch-controller').stderr, 1)).toMatchObject({
      name: 'SLURM_UNAVAILABLE',
      retry: true,
    });
    expect(rejectionOf(recorded('sbatch-partition').stderr, 1)).toMatchObject({
      name: 'SUBMISSION_FAILED',
      retry: false,
    });
  });

  it('takes these and waits for ever, which only the limits of the partition can tell beforehand', () => {
    expect(recorded('sbatch-cpus').exitCode).toBe(0);
    expect(recorded('sbatch-dependency').exitCode).toBe(0);
  });
});

describe('texts of other sites and releases (written by hand from slurm_errno.c)', () => {
  it.each([
    [
      "sbatch: error: Batch job submission failed: User's group not permitted to use this partition",
      'partition-forbidden',
    ],
    [
      "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
      'policy-limit',
    ],
    [
      'sbatch: error: QOSMaxSubmitJobPerUserLimit\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy (…)',
      'policy-limit',
    ],
    [
      'sbatch: error: Batch job submission failed: Requested time limit is invalid (missing or exceeds some limit)',
      'time-limit',
    ],
    [
      'sbatch: error: Batch job submission failed: Required partition not available (inactive or drain)',
      'partition-down',
    ],
    [
      'sbatch: error: Batch job submission failed: I/O error writing script/output to file: Disk quota exceeded',
      'disk-full',
    ],
    ['mkdir: cannot create directory ‘/home/x’: Permission denied', 'folder-denied'],
    ['sbatch: error: Batch job submission failed: Invalid generic resource (gres) specification', 'gres'],
    ['sbatch: error: Batch job submission failed: Protocol authentication error', 'slurm-login'],
    ['sh: 5: sbatch: not found', 'sbatch-missing'],
  ])('%s', (stderr, rule) => {
    expect(rejectionOf(stderr, 1).details['rule']).toBe(rule);
  });

  it('an unknown text is shown in the site’s own words', () => {
    const error = rejectionOf(
      'sbatch: error: Please come on Tuesdays.\nsbatch: error: Batch job submission failed: Unspecified failure\n',
      1,
    );
    expect(error).toMatchObject({ name: 'SUBMISSION_FAILED' });
    expect(error.message).toContain('Please come on Tuesdays.');
    expect(rejectionOf('', 7).message).toContain('code 7');
    expect(rejectionOf('', 127).name).toBe('SLURM_MISSING');
  });

  it('a lost answer is not a refusal', () => {
    for (const text of [
      'Socket timed out on send/recv operation',
      'Zero Bytes were transmitted or received',
      'Unable to contact slurm controller (receive failure)',
    ]) {
      const stderr = `sbatch: error: Batch job submission failed: ${text}`;
      expect(certaintyOf(stderr)).toBe('lost');
      expect(rejectionOf(stderr, 1).name).toBe('SLURM_TIMEOUT');
    }
    expect(certaintyOf(recorded('sbatch-controller').stderr)).toBe('refused');
  });

  it('any text at all gives a sentence', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(255), (stderr, code) => {
        expect(rejectionOf(stderr, code).message).not.toBe('');
      }),
    );
  });
});

describe('what real sites refuse', () => {
  it.each(SITE_REFUSALS.filter(({ reason }) => reason !== null))(
    '$name ($origin) is told in the site’s own words',
    ({ stdout, stderr, exitCode, rule, reason }) => {
      const error = rejectionOf(`${stdout}\n${stderr}`.trim(), exitCode);
      expect(forPrograms(error.details)).toMatchObject({ rule, reason });
      expect(error.message).toBe(`Slurm refused the job: ${String(reason)}`);
      expect(error.hint).not.toBe('');
      for (const line of `${stdout}\n${stderr}`.split('\n'))
        expect(error.details['said']).toContain(saidWithoutColours(line).trim());
    },
  );

  it('a long sentence is cut, and stands in the details', () => {
    const words = 'We regret. '.repeat(400);
    const error = rejectionOf(`sbatch: error: ${words}`, 1);
    expect(error.message.length).toBeLessThan(1600);
    expect(error.details['said']).toContain(words.trim());
  });

  it('an unreadable answer of squeue is nobody’s refusal', () => {
    expect(rejectionOf('slurm_load_jobs error: Unspecified error', 1)).toMatchObject({ name: 'SLURM_UNAVAILABLE' });
  });

  it('the option that sbatch does not know is named', () => {
    expect(rejectionOf(recorded('sbatch-option').stderr, 255).message).toContain("unrecognized option '--nonsense");
  });
});
