import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { message, quoted } from '../../shared/messages/message.ts';
import { parseQuotas, quotaScript } from './quotas.ts';
import { quotaTable } from './quotaTable.ts';
import { recorded } from './testing/recorded.ts';

const KIB = 1024;
const GIB = 1024 ** 3;
const TIB = 1024 ** 4;

const section = (name: string, text: string, code = 0): string =>
  `\n@slipway ${name}\n${text}\n@slipway end ${name} ${code}\n\n@slipway done ${name}\n`;
const df = (...rows: [path: string, device: string, used: number, available: number][]): string =>
  section(
    'space',
    rows
      .map(
        ([path, device, used, available]) =>
          `@path ${path}\nFilesystem     1024-blocks     Used Available Capacity Mounted on\n${device} ${used + available} ${used} ${available} 24% ${path}`,
      )
      .join('\n'),
  );
const HOME = df(['/home/mia', 'nas:/export/home', 100, 900], ['/scratch/mia', '/dev/scratchfs', 100, 900]);

describe('the quotas of a real cluster', () => {
  const scratch = /@path (\/.*scratch\/\S+)/.exec(recorded('quota-usual').stdout)![1]!;

  it('are those that the site prints', () => {
    const { quotas, unknown } = parseQuotas(recorded('quota-site').stdout, scratch);
    expect(unknown).toEqual([]);
    expect(quotas).toEqual([
      {
        name: 'home',
        path: '/home/slipuser',
        used: 12.5 * GIB,
        soft: 50 * GIB,
        hard: 55 * GIB,
        files: 104_312,
        filesHard: 1_000_000,
        kind: 'quota',
      },
      {
        name: 'scratch',
        path: scratch,
        used: Math.round(1.8 * TIB),
        soft: 10 * TIB,
        hard: 11 * TIB,
        files: 2_203_991,
        filesHard: 10_000_000,
        kind: 'quota',
      },
    ]);
  });

  it('are the room on its file systems where there are none', () => {
    const { quotas } = parseQuotas(recorded('quota-usual').stdout, scratch);
    expect(quotas.map(({ name, kind }) => [name, kind])).toEqual([
      ['home', 'filesystem'],
      ['scratch', 'filesystem'],
    ]);
    for (const { used, hard } of quotas) expect(hard).toBeGreaterThan(used!);
  });
});

describe('quotas as the usual programs print them (written from their manuals)', () => {
  it('of Lustre: a long name has a line of its own, a star means over the soft limit, 0 no limit', () => {
    const text = section(
      'lustre',
      '@path /scratch/mia\n     /scratch/mia\n                 1048576*  524288  2097152  6d23h     120       0    1000       -',
    );
    expect(parseQuotas(text + HOME, '/scratch/mia').quotas).toEqual([
      {
        name: 'scratch',
        path: '/scratch/mia',
        used: GIB,
        soft: GIB / 2,
        hard: 2 * GIB,
        files: 120,
        filesHard: 1000,
        kind: 'quota',
      },
      {
        name: 'home',
        path: '/home/mia',
        used: 100 * KIB,
        soft: null,
        hard: 1000 * KIB,
        files: null,
        filesHard: null,
        kind: 'filesystem',
      },
    ]);
  });

  it('of NFS: where the numbers of files begin does not depend on the grace time', () => {
    const text = section(
      'nfs',
      'Disk quotas for user mia (uid 1001): \n     Filesystem  blocks   quota   limit   grace   files   quota   limit   grace\nnas:/export/home 1048576 2097152 3145728       0    4711       0  100000       0 ',
      1,
    );
    expect(parseQuotas(text + HOME, null).quotas[0]).toEqual({
      name: 'home',
      path: '/home/mia',
      used: GIB,
      soft: 2 * GIB,
      hard: 3 * GIB,
      files: 4711,
      filesHard: 100_000,
      kind: 'quota',
    });
  });

  it('of GPFS: columns by their names, file sets by name', () => {
    const head =
      'mmlsquota::HEADER:version:reserved:reserved:filesystemName:quotaType:id:name:blockUsage:blockQuota:blockLimit:blockInDoubt:blockGrace:filesUsage:filesQuota:filesLimit:filesInDoubt:filesGrace:remarks:quota:defQuota:fid:filesetname:';
    const row = (fileset: string): string =>
      `mmlsquota::0:1:::scratchfs:USR:1001:mia:1048576:0:2097152:0:none:12:0:500:0:none:::off:0:${fileset}:`;
    expect(
      parseQuotas(section('gpfs', [head, row('root'), row('projects')].join('\n')) + HOME, '/scratch/mia').quotas.slice(
        0,
        2,
      ),
    ).toMatchObject([
      { name: 'scratch', path: '/scratch/mia', used: GIB, soft: null, hard: 2 * GIB, files: 12, filesHard: 500 },
      { name: 'scratch/projects' },
    ]);
  });

  it('of BeeGFS: bytes, and unlimited is no limit', () => {
    expect(
      parseQuotas(section('beegfs', 'name,id,size,hard,files,hard\nmia,1001,1073741824,unlimited,42,100') + HOME, null)
        .quotas[0],
    ).toMatchObject({ used: GIB, hard: null, files: 42, filesHard: 100 });
  });

  it('that say nothing leave the room on the file system', () => {
    expect(
      parseQuotas(
        section('lustre', '', 127) + section('nfs', 'Disk quotas for user mia (uid 1001): none') + HOME,
        null,
      ).quotas.every(({ kind }) => kind === 'filesystem'),
    ).toBe(true);
  });
});

describe('the table of a site', () => {
  it.each([
    [
      'with bars and units',
      '| Directory      | Usage   | Limit  | % |\n|----------------|---------|--------|---|\n| /home/mia      | 12.0 GB | 50 GB  | 24% |',
      { path: '/home/mia', used: 12 * GIB, hard: 50 * GIB },
    ],
    [
      'with the unit in its head',
      'Filesystem   Used(GB)   Quota(GB)\nscratch      12         50',
      { name: 'scratch', used: 12 * GIB, soft: null, hard: 50 * GIB },
    ],
    [
      'of kbytes',
      'Filesystem  kbytes  quota  limit  grace  files  quota  limit  grace\n/scratch  1024  2048  4096  -  7  0  100  -',
      { path: '/scratch', used: 1024 * KIB, soft: 2048 * KIB, hard: 4096 * KIB, files: 7, filesHard: 100 },
    ],
    ['in words', '/home/mia: 12.0 GB of 50 GB used (24%)', { path: '/home/mia', used: 12 * GIB, hard: 50 * GIB }],
    ['with a slash', 'scratch   1.0T / 10T (10%)', { name: 'scratch', used: TIB, hard: 10 * TIB }],
    [
      'in colours',
      '\u001b[1mVolume  Used  Limit\u001b[0m\n\u001b[32mhome  1G  2G\u001b[0m',
      { name: 'home', used: GIB, hard: 2 * GIB },
    ],
    ['without a limit', 'Path Used Quota\n/home 1G unlimited', { path: '/home', used: GIB, hard: null }],
  ])('%s', (_layout, text, row) => {
    expect(quotaTable(text)).toMatchObject([row]);
  });

  it('that is not understood is shown as it begins, and the file systems are still there', () => {
    const { quotas, unknown } = parseQuotas(
      section('site', '\n@slipway-quota\nYou have plenty of room.\n') + HOME,
      null,
    );
    expect(unknown).toEqual([
      {
        subject: 'quota',
        reason: message('facts.quotaNotUnderstood', { said: quoted('You have plenty of room.') }),
      },
    ]);
    expect(quotas.length).toBeGreaterThan(0);
  });

  it('that failed or took too long says so', () => {
    expect(parseQuotas(section('site', '\n@slipway-quota\n', 124), null).unknown[0]!.reason).toEqual(
      message('facts.quotaSlow', { seconds: 10 }),
    );
    expect(
      parseQuotas(section('site', '\n@slipway-quota\nmyquota: command not found', 127), null).unknown[0]!.reason,
    ).toEqual(message('facts.quotaFailed', { code: 127, said: quoted('myquota: command not found') }));
  });

  it('never throws, and never makes up numbers', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const { used, hard } of [
          ...quotaTable(text),
          ...parseQuotas(section('site', text) + section('lustre', text) + section('nfs', text) + HOME, null).quotas,
        ]) {
          expect(used ?? 0).toBeGreaterThanOrEqual(0);
          expect(hard ?? 1).toBeGreaterThan(0);
        }
      }),
    );
  });
});

describe('the script for quotas', () => {
  it('runs the site’s own command as one word of its own, and quotes a folder with anything in its name', () => {
    const script = quotaScript({ quotaCommand: "myquota -u 'me'; echo $HOME", scratch: "/scratch/it's" });
    expect(script).toContain(`bash -lc '`);
    expect(script).toContain(`'/scratch/it'\\''s'`);
    expect(script).not.toContain('mmlsquota');
  });
});
