import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote } from '../../shared/lib/quote.ts';
import { ACCOUNTING_PROGRAMS, accountingScript } from './accounting.ts';
import { CANCEL_PROGRAMS, cancelCommand } from './cancel.ts';
import { usagePrograms, usageScript } from './clusterUsage.ts';
import { testOnlyPrograms, testOnlyScript } from './dryRun.ts';
import { slurmPrelude } from './environment.ts';
import {
  ACCOUNTING_FACTS_PROGRAMS,
  accountingFactsScript,
  CONTROLLER_FACTS_PROGRAMS,
  controllerFactsScript,
  factsScript,
} from './facts.ts';
import { modulesScript } from './modules.ts';
import { PRESENCE_PROGRAMS, presenceScript } from './presence.ts';
import { programsOf } from './programsOf.ts';
import { quotaScript } from './quotas.ts';
import { abandonScript, PROBE_PROGRAMS, probeScript, submitScript } from './submit.ts';
import { usersScript } from './users.ts';
import { watchPrograms, watchScript } from './watch.ts';

describe('which of Slurm’s programs a script runs', () => {
  it.each([
    ['squeue -u ada', ['squeue']],
    ['q=$(squeue -h 2>&1); s=`sacct -j 1`', ['squeue', 'sacct']],
    ['printf %s "$(sinfo -h)" | sort', ['sinfo']],
    [
      'if sacctmgr -nP show qos >/dev/null 2>&1; then scontrol show config; else sshare; fi',
      ['sacctmgr', 'scontrol', 'sshare'],
    ],
    ['LC_ALL=C SLURM_TIME_FORMAT=%s /opt/slurm/bin/squeue', ['squeue']],
    ['timeout 10 env A=b sinfo', ['sinfo']],
    ['slipway_limit 20 sacctmgr -P show qos || slipway_limit 20 sshare', ['sacctmgr', 'sshare']],
    ['case $x in a) sinfo ;; (b) sacct ;; esac', ['sinfo', 'sacct']],
    ['2>/dev/null squeue', ['squeue']],
    ['>/dev/null sinfo && ! sacct', ['sinfo', 'sacct']],
    ['report() { squeue; }; report; report', ['squeue']],
  ])('%s', (script, programs) => expect(programsOf(script)).toEqual(programs));

  it.each([
    'echo squeue',
    '# squeue\necho',
    'command -v sbatch',
    "run='sbatch job.sh'",
    'cat <<END\nsqueue\nEND\n',
    "cat <<-'END OF'\n\tsqueue\n\tEND OF\n",
    'for x in squeue sinfo; do :; done',
    'ls >squeue',
    'x=squeue',
  ])('none in %s', (script) => expect(programsOf(script)).toEqual([]));

  it('goes on behind a here-document', () => expect(programsOf('match <<END\nsinfo\nEND\nsqueue')).toEqual(['squeue']));

  it('tells those of our own scripts, and not those that a person’s script holds', () => {
    const script = '#!/bin/bash\nsqueue; srun hostname; echo "it\'s $(sinfo)"\n';
    const runFolder = "/home/ada/it's squeue; sinfo";
    expect(programsOf(slurmPrelude({ slurmBin: '/opt/slurm', slurmConf: null, unset: [] }))).toEqual([]);
    expect(programsOf(watchScript({ user: 'squeue', runs: [{ runFolder, tasks: null }], clusters: [null] }))).toEqual([
      'squeue',
    ]);
    expect(programsOf(accountingScript({ jobIds: ['1', '2'] }))).toEqual(['sacct']);
    expect(programsOf(cancelCommand('1'))).toEqual(['scancel']);
    expect(programsOf(testOnlyScript({ runFolder, scripts: [script], mark: 'sinfo' }))).toEqual(['sbatch']);
    expect(programsOf(probeScript({ runFolder, user: 'sinfo', sinceEpochSeconds: 0 }))).toEqual(['squeue', 'sacct']);
    // sbatch itself is started by a process of its own: whoever submits says so
    expect(
      programsOf(submitScript({ runFolder, script, checks: [{ path: 'squeue', sha256: '0' }], waitSeconds: 1 })),
    ).toEqual([]);
  });

  it('are those that the builders say their scripts run', () => {
    for (const waiting of [true, false])
      expect(programsOf(usageScript({ waiting }))).toEqual(usagePrograms({ waiting }));
    expect(programsOf(controllerFactsScript())).toEqual(CONTROLLER_FACTS_PROGRAMS);
    expect(programsOf(accountingFactsScript('c'))).toEqual(ACCOUNTING_FACTS_PROGRAMS);
    expect(programsOf(factsScript()).sort()).toEqual(
      [...CONTROLLER_FACTS_PROGRAMS, ...ACCOUNTING_FACTS_PROGRAMS].sort(),
    );
    expect(programsOf(quotaScript({ quotaCommand: 'myquota', scratch: '/scratch' }))).toEqual([]);
    expect(programsOf(modulesScript())).toEqual([]);
    expect(programsOf(presenceScript())).toEqual(PRESENCE_PROGRAMS);
    expect(programsOf(accountingScript({ jobIds: ['1'] }))).toEqual(ACCOUNTING_PROGRAMS);
    const clusters = [null, 'b'];
    expect(programsOf(watchScript({ user: 'ada', runs: [{ runFolder: '/r', tasks: null }], clusters }))).toEqual(
      watchPrograms({ clusters }),
    );
    const scripts = ['a', 'b'];
    expect(programsOf(testOnlyScript({ runFolder: '/r', scripts, mark: 'm' }))).toEqual(testOnlyPrograms({ scripts }));
    expect(programsOf(probeScript({ runFolder: '/r', user: 'ada', sinceEpochSeconds: 0 }))).toEqual(PROBE_PROGRAMS);
    expect(programsOf(abandonScript('/r'))).toEqual([]);
    expect(programsOf(usersScript(['1001']))).toEqual([]);
    expect(programsOf(cancelCommand('1'))).toEqual(CANCEL_PROGRAMS);
  });

  it('never counts what is quoted, wherever it stands', () => {
    const hostile = fc
      .oneof(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('squeue', '$(sinfo)', '`sacct`', '\nsqueue\n', ';squeue', "'; squeue; '"),
      )
      .filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(hostile), (words) => {
        expect(programsOf(`echo ${words.map(quote).join(' ')}; squeue`)).toEqual(['squeue']);
      }),
    );
  });

  it('reads any text to its end', () => {
    const piece = fc.constantFrom(
      "'",
      '"',
      '`',
      '$(',
      '${',
      ')',
      '<<',
      '<<-E',
      '\n',
      '\\',
      '#',
      ' ',
      ';',
      '|',
      'squeue',
      'case',
      'E',
      '>',
      '&',
      '\u00a0',
      '\f',
      '\r',
      'x=',
    );
    fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => void programsOf(pieces.join(''))));
  });
});
