import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inWords } from '../../../shared/messages/catalogue.ts';
import { isSignedByItsAuthority, outsideValidity, parseCertificate, type Certificate } from './certificate.ts';
import { parsePublicLine } from './publicKey.ts';

const execute = promisify(execFile);

describe('a certificate', () => {
  let folder: string;
  let blob: Buffer;
  let certificate: Certificate;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-certificate-'));
    const at = (name: string): string => path.join(folder, name);
    for (const name of ['authority', 'id'])
      await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)]);
    const options = [
      '-n',
      'ada,grace',
      '-V',
      '20260101000000Z:20270101000000Z',
      '-O',
      'source-address=10.0.0.0/8',
      '-z',
      '7',
    ];
    await execute('ssh-keygen', ['-q', '-s', at('authority'), '-I', '물리학과', ...options, at('id.pub')], {
      env: { ...process.env, TZ: 'UTC' },
    });
    blob = parsePublicLine(await readFile(at('id-cert.pub'), 'utf8')) ?? Buffer.alloc(0);
    const read = parseCertificate(blob);
    if (read === null) throw new Error('it is one');
    certificate = read;
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('is read as ssh-keygen wrote it', async () => {
    expect(certificate).toMatchObject({
      kind: 'user',
      keyType: 'ssh-ed25519',
      keyId: '물리학과',
      principals: ['ada', 'grace'],
      criticalOptions: ['source-address'],
    });
    expect(certificate.publicKey).toEqual(parsePublicLine(await readFile(path.join(folder, 'id.pub'), 'utf8')));
    expect(certificate.authority).toEqual(parsePublicLine(await readFile(path.join(folder, 'authority.pub'), 'utf8')));
    expect(isSignedByItsAuthority(certificate)).toBe(true);
  });

  it('is valid between its times, to within five minutes of a wrong clock', () => {
    const at = (text: string): string | null => {
      const reason = outsideValidity(certificate, Date.parse(text));
      return reason === null ? null : inWords(reason);
    };
    expect(at('2026-06-01T00:00:00Z')).toBeNull();
    expect(at('2025-12-31T23:57:00Z')).toBeNull();
    expect(at('2025-12-31T23:50:00Z')).toBe('the certificate is valid only from 2026-01-01 00:00 UTC on');
    expect(at('2027-01-01T00:06:00Z')).toBe('the certificate expired on 2027-01-01 00:00 UTC');
  });

  it('without its signature, or with one byte changed, is not signed by its authority, and never more than not read', () => {
    fc.assert(
      fc.property(fc.nat(blob.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
        const damaged = Buffer.from(blob);
        damaged.writeUInt8(damaged.readUInt8(index) ^ change, index);
        const read = parseCertificate(damaged);
        expect(read !== null && isSignedByItsAuthority(read)).toBe(false);
      }),
    );
    // every place of a cut: one that leaves the length of a field and nothing of it once passed for an empty authority
    for (let length = 0; length < blob.length; length += 1)
      expect(parseCertificate(blob.subarray(0, length))).toBeNull();
  });
});
