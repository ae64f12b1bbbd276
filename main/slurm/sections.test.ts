import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LIMIT, readSection, sectionsScript } from './sections.ts';

const run = (script: string, shell: string, env: NodeJS.ProcessEnv = {}): string =>
  spawnSync(shell, ['-s'], {
    input: `(\n:\n${script}\n) </dev/null\n`,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
  }).stdout;

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
  const answers = (stdout: string) =>
    Object.fromEntries(Object.keys(sections).map((name) => [name, readSection(stdout, name)]));

  it('have an answer each, with exit code and complaint', () => {
    expect(answers(run(sectionsScript(['greeting=hello'], sections), shell))).toEqual(expected);
  });

  it('have the same answers when some are begun early', () => {
    expect(answers(run(sectionsScript(['greeting=hello'], sections, ['noisy', 'second', 'empty']), shell))).toEqual(
      expected,
    );
  });

  it('are asked one after the other where no folder can be made', () => {
    expect(
      answers(run(sectionsScript(['greeting=hello'], sections, ['noisy', 'second']), shell, { TMPDIR: '/nowhere' })),
    ).toEqual(expected);
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
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.nat(whole.length),
        (noise, at) => void readSection(whole.slice(0, at) + noise + whole.slice(at), 'b'),
      ),
    );
  });
});

describe.each(['sh', 'bash'])('a command with a limit, in %s', (shell) => {
  /** A PATH with the usual programs except `timeout`. */
  const withoutTimeout = (): string => {
    const bin = mkdtempSync(path.join(tmpdir(), 'slipway-bin-'));
    onTestFinished(() => rmSync(bin, { recursive: true, force: true }));
    for (const name of ['sleep', 'cat', 'kill', 'sh', 'ps'])
      symlinkSync(
        spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim(),
        path.join(bin, name),
      );
    return bin;
  };

  it.each([
    ['a login node with timeout', () => process.env['PATH']],
    ['one without', withoutTimeout],
  ])('is ended with code 124 on %s, and one that ends by itself keeps its input, output and code', (_, pathOf) => {
    const env = { PATH: pathOf() };
    const script = `${LIMIT}\necho given | slipway_limit 20 cat; slipway_limit 20 sh -c 'exit 7'; echo "code $?"; slipway_limit 1 sleep 30.25; echo "code $?"`;
    const begun = performance.now();
    const { stdout } = spawnSync(`/bin/${shell}`, ['-s'], {
      input: `(\n:\n${script}\n) </dev/null\n`,
      encoding: 'utf8',
      env,
    });
    expect(stdout).toBe('given\ncode 7\ncode 124\n');
    // nobody waits for the 20 seconds of a command that has ended
    expect(performance.now() - begun).toBeLessThan(15_000);
    expect(spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout).not.toContain('sleep 30.25');
  });
});
