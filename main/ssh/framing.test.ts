import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quote } from '../../shared/lib/quote.ts';
import { frameOf, FrameReader } from './framing.ts';

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
      fc.property(fc.string(), fc.string({ unit: 'binary' }), fc.nat(255), fc.array(fc.nat(300)), (noise, answer, exitCode, cuts) => {
        const bytes = Buffer.from(`${noise}\n${NONCE} begin\n${answer}\n${NONCE} end ${String(exitCode)}\nlate`);
        const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b), bytes.length];
        const reader = readIn(at.slice(1).map((end, index) => bytes.subarray(at[index], end)));
        expect(reader.exitCode).toBe(exitCode);
        expect(reader.text()).toBe(Buffer.from(answer).toString());
      }),
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
  });
});

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
