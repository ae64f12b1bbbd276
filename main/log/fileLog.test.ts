import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFileLog } from './fileLog.ts';
import { logHandlers } from '../core/log/handlers.ts';

const DAY = 86_400_000;
let folder: string;
let now: number;
let log: ReturnType<typeof createFileLog>;

beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), 'slipway-log-')), 'logs');
  now = Date.parse('2026-11-21T12:00:00Z');
  log = createFileLog({ folder, clock: { now: () => now } });
});
afterEach(async () => {
  await log.dispose();
  rmSync(path.dirname(folder), { recursive: true, force: true });
});

const written = (): string => readFileSync(path.join(folder, 'slipway-2026-11-21.log'), 'utf8');

describe('the log', () => {
  it('is a JSON object a line, whatever the values hold', () => {
    log.write('info', 'job_submitted', 'request-1', { jobId: '4711', name: 'a\nb\u2028"', size: 10n, rate: Infinity });
    log.write('warn', 'poll_failed', null);
    expect(
      written()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      {
        at: now,
        level: 'info',
        event: 'job_submitted',
        requestId: 'request-1',
        details: { jobId: '4711', name: 'a\nb\u2028"', size: '10', rate: 'Infinity' },
      },
      { at: now, level: 'warn', event: 'poll_failed', requestId: null, details: {} },
    ]);
  });

  it('never holds a secret', () => {
    const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----';
    log.write('error', 'login', 'request-1', {
      error_code: 6002,
      password: 'hunter2',
      passphrase: 'hunter2',
      nested: [{ apiToken: 'hunter2', privateKey: 'hunter2', clientSecret: { deep: 'hunter2' } }],
      output: `before ${key} after`,
      cut: key.slice(0, 45),
      header: 'Authorization: Bearer hunter2.x',
      error: new Error(`refused ${key}`),
      harmless: 'kept',
    });
    expect(written()).not.toMatch(/hunter2|c2VjcmV0/);
    expect(written()).toContain('before [redacted] after');
    expect(written()).toContain('kept');
  });

  it('survives what cannot be written as JSON, and what has no end', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    log.write('error', 'bug', null, {
      error_code: 9999,
      circle,
      huge: 'x'.repeat(1_000_000),
      list: Array.from({ length: 5000 }, (_, i) => i),
      action: () => 1,
    });
    expect(written().length).toBeLessThan(50_000);
    expect(written()).toContain('more characters');
  });

  it('begins a new file each day and keeps thirty', () => {
    mkdirSync(folder, { recursive: true });
    for (const name of ['slipway-2026-10-22.log', 'slipway-2026-10-23.log', 'notes.txt'])
      writeFileSync(path.join(folder, name), '');
    log.write('info', 'today', null);
    now += DAY;
    log.write('info', 'tomorrow', null);
    expect(readdirSync(folder).sort()).toEqual(['notes.txt', 'slipway-2026-11-21.log', 'slipway-2026-11-22.log']);
  });

  it('follows one request over days, newest last, and passes over a line that was cut', async () => {
    log.write('info', 'job_submit_start', 'request-1');
    appendFileSync(path.join(folder, 'slipway-2026-11-21.log'), '{"at":1,"level":"in\n');
    log.write('info', 'job_submit_start', 'request-12', { about: 'request-1' });
    now += DAY;
    log.write('info', 'job_submit_success', 'request-1', { says: 'He said "Yes"' });
    const { entries } = await logHandlers(log)['log.query'](
      { requestId: 'request-1', limit: 10 },
      { requestId: 'q' as never, signal: new AbortController().signal },
    );
    expect(entries.map((entry) => entry.event)).toEqual(['job_submit_start', 'job_submit_success']);
    expect((await log.query({ text: 'said "YES"', limit: 10 })).map((entry) => entry.at)).toEqual([now]);
    expect((await log.query({ limit: 2 })).map((entry) => entry.requestId)).toEqual(['request-12', 'request-1']);
    expect(
      await createFileLog({ folder: path.join(folder, 'none'), clock: { now: () => now } }).query({ limit: 5 }),
    ).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'drops lines on a full disk, says so once, and counts them when there is space again',
    async () => {
      const complaints = vi.spyOn(console, 'error').mockImplementation(() => undefined);
      mkdirSync(folder, { recursive: true });
      const file = path.join(folder, 'slipway-2026-11-21.log');
      symlinkSync('/dev/full', file);
      log.write('info', 'lost', null);
      log.write('info', 'lost', null);
      expect(complaints.mock.calls).toEqual([[expect.stringContaining('no space left')]]);
      complaints.mockRestore();
      unlinkSync(file);
      now += DAY;
      log.write('info', 'kept', null);
      expect(await log.query({ limit: 5 })).toMatchObject([
        { event: 'log_lines_dropped', details: { count: 2 } },
        { event: 'kept' },
      ]);
    },
  );
});
