import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSection, sectionsScript } from './sections.ts';

const run = (script: string, shell: string, env: NodeJS.ProcessEnv = {}): string => spawnSync(shell, ['-s'], { input: `(\n:\n${script}\n) </dev/null\n`, encoding: 'utf8', env: { PATH: process.env['PATH'], ...env } }).stdout;

describe.each(['sh', 'bash'])('several questions in one round trip, in %s', (shell) => {
  const sections = {
    first: 'echo one; echo complaint >&2',
    second: 'echo half; exit 7',
    empty: ':',
    noisy: 'printf "no end of line"; echo "$greeting" >&2; false',
  };
  const expected = {
    first: { exitCode: 0, stdout: 'one\n', stderr: 'complaint' },
    second: { exitCode: 7, stdout: 'half\n', stderr: '' },
    empty: { exitCode: 0, stdout: '', stderr: '' },
    noisy: { exitCode: 1, stdout: 'no end of line', stderr: 'hello' },
  };
  const answers = (stdout: string) => Object.fromEntries(Object.keys(sections).map((name) => [name, readSection(stdout, name)]));

  it('have an answer each, with exit code and complaint', () => {
    expect(answers(run(sectionsScript(['greeting=hello'], sections), shell))).toEqual(expected);
  });

  it('have the same answers when some are begun early', () => {
    expect(answers(run(sectionsScript(['greeting=hello'], sections, ['noisy', 'second', 'empty']), shell))).toEqual(expected);
  });

  it('are asked one after the other where no folder can be made', () => {
    expect(answers(run(sectionsScript(['greeting=hello'], sections, ['noisy', 'second']), shell, { TMPDIR: '/nowhere' }))).toEqual(expected);
  });
});

describe('an answer that is cut', () => {
  const whole = run(sectionsScript([], { a: 'echo 1', b: 'echo 2' }), 'sh');

  it('has the sections that came whole and no others', () => {
    for (let at = 0; at <= whole.length; at += 1) {
      const b = readSection(whole.slice(0, at), 'b');
      if (b !== null) expect(b).toEqual({ exitCode: 0, stdout: '2\n', stderr: '' });
    }
    expect(readSection(whole, 'c')).toBeNull();
  });

  it('or spoiled never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.nat(whole.length), (noise, at) => void readSection(whole.slice(0, at) + noise + whole.slice(at), 'b')));
  });
});
