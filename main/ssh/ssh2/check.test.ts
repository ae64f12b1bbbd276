import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { message } from '../../../shared/messages/message.ts';
import { checkSsh2, ssh2Insides, unlike } from './check.ts';

const SSH = fileURLToPath(new URL('..', import.meta.url));

it('the ssh2 that is installed is as it is needed', () => {
  expect(unlike(ssh2Insides())).toEqual([]);
  expect(() => checkSsh2()).not.toThrow();
});

it('another version, or one that has other insides, is refused by the name of what differs', () => {
  const insides = ssh2Insides();
  expect(unlike({ ...insides, version: '1.18.0' })).toEqual(['version 1.18.0']);
  expect(unlike({ ...insides, sftp: {}, constants: {}, client: { _callbacks: undefined } })).toEqual([
    'SFTP.push',
    'SFTP.destroy',
    'SFTP.ext_copy_data',
    'Client._sock',
    'Client._protocol',
    'Client._chanMgr',
    'constants.SUPPORTED_SERVER_HOST_KEY',
  ]);
  const refused = (read: Parameters<typeof checkSsh2>[0]): unknown => {
    try {
      checkSsh2(read);
      return null;
    } catch (error) {
      return error;
    }
  };
  expect(refused(() => ({ ...insides, protocol: null }))).toMatchObject({
    name: 'INTERNAL',
    details: { reason: message('connection.otherSsh2', { what: 'Protocol.authPK, Protocol.ping' }) },
  });
  expect(
    refused(() => {
      throw new Error('Cannot find module');
    }),
  ).toMatchObject({
    details: { reason: { values: { what: expect.stringContaining('Cannot find module') as string } } },
  });
});

it('nothing else in main/ssh reaches into ssh2', () => {
  const files = readdirSync(SSH, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.startsWith(`ssh2${path.sep}`),
  );
  expect(files.length).toBeGreaterThan(50);
  const reaching = files.filter((file) =>
    /ssh2\/lib|internals\.ts|\._(?:sock|protocol|chanMgr|callbacks|extensions|maxWriteLen|kex)\b/.test(
      readFileSync(path.join(SSH, file), 'utf8'),
    ),
  );
  expect(reaching).toEqual([]);
});
