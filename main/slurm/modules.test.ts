import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modulesScript, parseModules } from './modules.ts';
import { recorded } from './testing/recorded.ts';

const answered = (system: string, list: string): string =>
  `motd\n\n@slipway modules\n@slipway system ${system}\n@slipway avail\n${list}\n\n@slipway end modules 0\nbye\n`;

describe('the modules of a real cluster', () => {
  it('are those of Environment Modules, with their versions and the default', () => {
    expect(parseModules(recorded('modules').stdout)).toEqual({
      system: 'tcl',
      version: '5.2.0',
      modules: [
        { name: 'apptainer', versions: [], defaultVersion: null },
        { name: 'bio/samtools', versions: ['1.17'], defaultVersion: null },
        { name: 'cuda', versions: ['11.8', '12.1'], defaultVersion: '12.1' },
        { name: 'gcc', versions: ['11.3.0', '12.2.0', '13.1.0'], defaultVersion: '12.2.0' },
        { name: 'openmpi', versions: ['4.1.4', '4.1.5'], defaultVersion: null },
      ],
    });
  });
});

describe('a terse list (written from the manuals)', () => {
  it('of Lmod names modules with a slash behind, aliases with @ and hidden ones in brackets', () => {
    const list = [
      'a13(@a/13.2)',
      '/opt/apps/modulefiles:',
      'ab2/',
      'ab2/7(@ab2/7.4.3)',
      'ab2/7.4.3',
      'gcc/',
      'gcc/x86/12.1',
      'gcc/x86/13.1(default)',
      '/opt/other:',
      'C/',
      'C/1.0',
      'C/3.0 <F>',
      'lmod',
    ].join('\n');
    expect(parseModules(answered('lmod 8.7.53', list))).toEqual({
      system: 'lmod',
      version: '8.7.53',
      modules: [
        { name: 'a13', versions: [], defaultVersion: null },
        { name: 'ab2', versions: ['7.4.3'], defaultVersion: null },
        { name: 'gcc', versions: ['x86/12.1', 'x86/13.1'], defaultVersion: 'x86/13.1' },
        { name: 'C', versions: ['1.0', '3.0'], defaultVersion: null },
        { name: 'lmod', versions: [], defaultVersion: null },
      ],
    });
  });

  it('of old Modules has folders as heads and the default in brackets', () => {
    const list =
      '/usr/share/Modules/modulefiles:\ndot\nuse.own\n/opt/modulefiles:\nmpi/openmpi-x86_64(default)\nintel/2018.3(default:latest)\nintel/2017\n------- old -------\nintel/2017';
    expect(parseModules(answered('tcl VERSION=3.2.10 DATE=2012-12-21', list))).toMatchObject({
      version: '3.2.10',
      modules: [
        { name: 'dot' },
        { name: 'use.own' },
        { name: 'mpi', defaultVersion: 'openmpi-x86_64' },
        { name: 'intel', versions: ['2018.3', '2017'], defaultVersion: '2018.3' },
      ],
    });
  });

  it('of twenty thousand modules is read like any other', () => {
    const list = Array.from({ length: 20_000 }, (_, i) => `pkg${i % 4000}/${i}.0`).join('\n');
    expect(parseModules(answered('lmod 8.7', list))!.modules).toHaveLength(4000);
  });

  it('that is cut is no list, and noise never throws', () => {
    const whole = recorded('modules').stdout;
    for (let at = 0; at < whole.indexOf('@slipway end'); at += 13) expect(parseModules(whole.slice(0, at))).toBeNull();
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (noise) => void parseModules(answered('tcl', noise))));
  });
});

describe('the question to a login bash', () => {
  /** A home folder with this profile. */
  function ask(profile: string): string {
    const home = mkdtempSync(path.join(os.tmpdir(), 'slipway-modules-'));
    try {
      writeFileSync(path.join(home, '.bash_profile'), profile);
      return spawnSync('sh', ['-s'], {
        input: modulesScript(),
        encoding: 'utf8',
        env: { HOME: home, PATH: process.env['PATH'], MODULESHOME: home },
      }).stdout;
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  }

  it('finds a module function of the profile, whatever the profile prints', () => {
    const answer = parseModules(
      ask(
        `echo 'gcc/99'; echo '@slipway avail'; LMOD_VERSION=8.7.4; module() { echo 'Core:' >&2; printf 'cmake/3.27(D)\\n' >&2; }`,
      ),
    );
    expect(answer).toEqual({
      system: 'lmod',
      version: '8.7.4',
      modules: [{ name: 'cmake', versions: ['3.27'], defaultVersion: '3.27' }],
    });
  });

  it('is not answered by a profile that leaves', () => {
    expect(parseModules(ask('exit 0'))).toBeNull();
  });
});
