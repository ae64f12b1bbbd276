import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { mendScript, scriptDefects, startsItself } from './scriptText.ts';

const utf8 = (text: string): Buffer => Buffer.from(text);
const wide = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');
const wideBig = (text: string): Buffer => wide(text).swap16();
const GOOD = '#!/bin/bash\necho "it’s done"\n';

const folder = mkdtempSync(path.join(tmpdir(), 'slipway-scripts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the kernel and the interpreter make of it, run by its own first line. */
function run(bytes: Uint8Array): string {
  const file = path.join(folder, 'script');
  writeFileSync(file, bytes, { mode: 0o755 });
  const { stdout, stderr, error } = spawnSync(file, { encoding: 'utf8' });
  return error === undefined ? stdout + stderr : error.message;
}

describe('a script from another system', () => {
  it.each<[string, string, string, Buffer, string[]]>([
    ['of Windows', 'run.sh', 'code', utf8('#!/bin/bash\r\necho "it’s done"\r\n'), ['windows-line-ends']],
    ['of an old Mac', 'run.sh', 'code', utf8('#!/bin/bash\recho "it’s done"\r'), ['mac-line-ends']],
    ['with a mark', 'run.sh', 'other', utf8(`\ufeff${GOOD}`), ['byte-order-mark']],
    ['in UTF-16', 'run.sh', 'code', wide(GOOD), ['utf-16']],
    [
      'in UTF-16 of the other order, from Windows',
      'run',
      'other',
      wideBig(GOOD.replaceAll('\n', '\r\n')),
      ['utf-16', 'windows-line-ends'],
    ],
    ['in UTF-16 without a mark', 'run.sh', 'code', wide(GOOD).subarray(2), ['utf-16']],
    ['for /bash', 'run.sh', 'code', utf8(GOOD.replace('/bin/bash', '/bash')), ['interpreter']],
    [
      'for a bare bash, from Windows',
      'run.sh',
      'code',
      utf8('#! bash\r\necho "it’s done"\r\n'),
      ['windows-line-ends', 'interpreter'],
    ],
  ])(
    '%s is found to be defective, does not run as it was meant, and does when converted',
    (_what, name, type, bytes, defects) => {
      expect(scriptDefects(name, type, bytes)).toEqual(defects);
      expect(run(bytes)).not.toBe('it’s done\n');
      expect(run(mendScript(bytes))).toBe('it’s done\n');
      expect(scriptDefects(name, type, mendScript(bytes))).toEqual([]);
    },
  );

  it.each<[string, string, string, Buffer]>([
    ['Linux', 'run.sh', 'code', utf8(GOOD)],
    ['Windows, that Python reads itself', 'train.py', 'code', utf8('import os\r\nprint(1)\r\n')],
    ['Windows, that is data', 'values.csv', 'data', utf8('a,b\r\n1,2\r\n')],
    ['an old Mac, that is data', 'values.csv', 'data', utf8('a,b\r1,2\r')],
    ['nobody: bytes', 'a.out', 'other', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 13, 10])],
    ['env', 'run.py', 'code', utf8('#!/usr/bin/env python3\nprint(1)\n')],
    ['a site with its own place', 'run.sh', 'code', utf8('#!/opt/bash\ntrue\n')],
  ])('of %s is let alone', (_what, name, type, bytes) => {
    expect(scriptDefects(name, type, bytes)).toEqual([]);
  });

  it('keeps all other bytes, whatever their encoding, and is converted once for all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const once = mendScript(bytes);
        expect(mendScript(once)).toEqual(once);
        if (!bytes.includes(13) && ![0x23, 0xef, 0xff, 0xfe, 0].includes(bytes[0] ?? 1))
          expect(Buffer.from(once)).toEqual(Buffer.from(bytes));
        expect(Array.isArray(scriptDefects('x.sh', 'code', bytes))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a script that the template starts itself', () => {
  it.each([
    '"$FILE_STEP" 3',
    'chmod +x "$FILE_STEP" && $FILE_STEP',
    'srun -n 4 "${FILE_STEP}"',
    'if true; then ./step.sh; fi',
    'cd x; ./step.sh >log',
  ])('is one: %s', (commands) => {
    expect(startsItself(commands, 'FILE_STEP', 'step.sh')).toBe(true);
  });

  it.each([
    'bash "$FILE_STEP"',
    'srun python "$FILE_STEP"',
    'cp "$FILE_STEP" x',
    'bash ./step.sh',
    './step_sh',
    '"$FILE_STEPS"',
  ])('is none: %s', (commands) => {
    expect(startsItself(commands, 'FILE_STEP', 'step.sh')).toBe(false);
  });

  it('needs a first line that names its interpreter, unless it is a program', () => {
    expect(scriptDefects('step.sh', 'code', utf8('echo hi\n'), true)).toEqual(['interpreter-missing']);
    expect(scriptDefects('step.sh', 'code', utf8('echo hi\n'), false)).toEqual([]);
    expect(scriptDefects('step', 'other', utf8(GOOD), true)).toEqual([]);
    expect(scriptDefects('step', 'other', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0]), true)).toEqual([]);
  });
});
