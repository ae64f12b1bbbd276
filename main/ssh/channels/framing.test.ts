import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quote } from '../../../shared/lib/quote.ts';
import { frameOf, FrameReader, inputFrameOf } from './framing.ts';

const NONCE = 'c0ffee';

/** What a reader makes of a stream that arrives in pieces of these sizes. */
function readIn(pieces: Buffer[]): FrameReader {
  const reader = new FrameReader(NONCE, 1000);
  for (const piece of pieces) reader.push(piece);
  return reader;
}

describe('an answer between nonce lines', () => {
  it('is the same whatever is printed around it and however the stream is cut into pieces', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string({ unit: 'binary' }),
        fc.nat(255),
        fc.array(fc.nat(300)),
        (noise, answer, exitCode, cuts) => {
          const bytes = Buffer.from(`${noise}\n${NONCE} begin\n${answer}\n${NONCE} end ${String(exitCode)}\nlate`);
          const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b), bytes.length];
          const reader = readIn(at.slice(1).map((end, index) => bytes.subarray(at[index], end)));
          expect(reader.exitCode).toBe(exitCode);
          expect(reader.text()).toBe(Buffer.from(answer).toString());
        },
      ),
    );
  });

  it('is not ended by a shell that repeats the command', () => {
    const reader = readIn([Buffer.from(`${frameOf('true', NONCE)}\n${NONCE} begin\nyes\n${NONCE} end 0\n`)]);
    expect(reader.text()).toBe('yes');
  });

  it('is not complete before its last line is', () => {
    expect(readIn([Buffer.from(`\n${NONCE} begin\nyes\n${NONCE} end 12`)]).exitCode).toBeNull();
  });

  it('may be large, but not without end, and noise counts too', () => {
    expect(readIn([Buffer.from(`\n${NONCE} begin\n`), Buffer.alloc(990)]).flooded).toBe(false);
    expect(readIn([Buffer.from(`\n${NONCE} begin\n`), Buffer.alloc(1001)]).flooded).toBe(true);
    expect(readIn([Buffer.alloc(1001)]).flooded).toBe(true);
    expect(readIn([Buffer.from(`\n${NONCE} begin\n${'a'.repeat(1001)}\n${NONCE} end 0\n`)]).flooded).toBe(true);
  });

  it('takes in no more once it is too large', () => {
    const reader = readIn([Buffer.alloc(1001), ...Array.from({ length: 100 }, () => Buffer.alloc(1000))]);
    expect(reader.bytes()).toHaveLength(1001);
  });
});

/** Sends a frame with input, the input once the answer has begun, and what comes after it once it is complete; the reader of each frame, and the shell's exit code. */
async function talk(
  shell: string,
  [frame, input, next]: [string, Buffer, string?],
): Promise<{ readers: FrameReader[]; end: number | null }> {
  const child = spawn(shell, ['-s'], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => undefined);
  const readers = [new FrameReader(NONCE, 1e6), ...(next === undefined ? [] : [new FrameReader('d00d', 1e6)])];
  let sent = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    for (const reader of readers) reader.push(chunk);
    if (sent === 0 && readers[0]?.began) {
      sent = 1;
      child.stdin.write(input);
    }
    if (sent === 1 && readers[0]?.exitCode != null) {
      sent = 2;
      child.stdin.end(next ?? '');
    }
  });
  child.stdin.write(frame);
  const end = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { readers, end };
}

describe.each(['sh', 'bash'])('a script in a frame, sent to %s', (shell) => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-frame-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('does all or nothing wherever the transmission is cut', () => {
    const log = path.join(folder, 'log');
    const script = `echo one >> ${quote(log)}\ncat > ${quote(path.join(folder, 'job.sh'))} <<'EOF'\n#!/bin/bash\necho )\nEOF\necho two >> ${quote(log)}`;
    const frame = frameOf(script, NONCE);
    let done = 0;
    for (let length = 0; length <= frame.length; length += 1) {
      rmSync(log, { force: true });
      spawnSync(shell, ['-s'], { input: frame.slice(0, length) });
      const did = existsSync(log) ? readFileSync(log, 'utf8') : '';
      expect(['', 'one\ntwo\n']).toContain(did);
      if (did !== '') done += 1;
    }
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(frame.length - frame.indexOf(') </dev/null') + 2);
  }, 60_000);

  it('that reads its input does nothing before all of the script has come', () => {
    const log = path.join(folder, 'taken');
    const frame = inputFrameOf(`head -c 3 > ${quote(log)}`, NONCE);
    for (let length = 0; length < frame.length - 1; length += 1) {
      rmSync(log, { force: true });
      spawnSync(shell, ['-s'], { input: frame.slice(0, length) });
      expect(existsSync(log) ? readFileSync(log, 'utf8') : '').toBe('');
    }
  }, 60_000);

  it('that takes all of its input, whatever it holds, leaves a shell for the next', async () => {
    const input = Buffer.concat([Buffer.from(`\n${NONCE} end 0\n; echo no > ${folder}/no\n`), randomBytes(200_000)]);
    const log = path.join(folder, 'taken');
    const { readers, end } = await talk(shell, [
      inputFrameOf(`head -c ${String(input.length)} > ${quote(log)}`, NONCE),
      input,
      frameOf('echo next', 'd00d'),
    ]);
    expect(readFileSync(log).equals(input)).toBe(true);
    expect(readers.map((reader) => [reader.exitCode, reader.text()])).toEqual([
      [0, ''],
      [0, 'next\n'],
    ]);
    expect(end).toBe(0);
  });

  it('that fails ends its shell, and nothing of its input is run', async () => {
    const input = Buffer.from(`touch ${quote(path.join(folder, 'hacked'))}\n`.repeat(1000));
    const { readers, end } = await talk(shell, [inputFrameOf('exit 3', NONCE), input]);
    expect(readers[0]?.exitCode).toBe(3);
    expect(end).toBe(1);
    expect(existsSync(path.join(folder, 'hacked'))).toBe(false);
  });

  it('answers on both streams, whatever it prints', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.nat(255), (out, err, code) => {
        fc.pre(!out.includes('\0') && !err.includes('\0'));
        const nonce = randomBytes(16).toString('hex');
        const script = `printf %s ${quote(out)}; printf %s ${quote(err)} >&2; exit ${String(code)}`;
        const run = spawnSync(shell, ['-s'], { input: frameOf(script, nonce) });
        const [stdout, stderr] = [run.stdout, run.stderr].map((bytes) => {
          const reader = new FrameReader(nonce, 1e6);
          reader.push(bytes);
          return reader;
        });
        expect([stdout?.exitCode, stderr?.exitCode]).toEqual([code, code]);
        expect(stdout?.text()).toBe(Buffer.from(out).toString());
        expect(stderr?.text()).toBe(Buffer.from(err).toString());
      }),
      { numRuns: 50 },
    );
  });
});
