import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { verbatim } from '../../shared/messages/message.ts';
import { startCore, testDraft, writeTestTemplates, type CoreUnderTest } from '../../main/core/testing/coreUnderTest.ts';
import { ClusterProfile, type AuthMethod, type ConnectionPrompt } from '../../shared/domain/cluster/profile.ts';
import { until } from './clusterUnderTest.ts';

const Login = z.object({
  host: z.string(),
  port: z.int(),
  user: z.string(),
  hostKeyFingerprint: z.string(),
  password: z.string().optional(),
  privateKeyPath: z.string().optional(),
  certificatePath: z.string().optional(),
  passphrase: z.string().optional(),
  totpSecret: z.string().optional(),
});
type Login = z.infer<typeof Login>;
const Description = z.object({ logins: z.record(z.string(), Login.extend({ hops: z.array(Login).default([]) })) });
type ClusterLogin = z.infer<typeof Description>['logins'][string];

const NAMES = [
  'password',
  'totp',
  'encryptedKey',
  'certificate',
  'jump',
  'maxSessions1',
  'noSftp',
  'tcsh',
  'fish',
  'noisy',
] as const;

/** The six digits of RFC 6238 at this moment, for a secret in base32. */
function totp(secret: string, now = Date.now()): string {
  const bits = Array.from(secret, (letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  ).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  return String((mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, '0');
}

function waysIn({ privateKeyPath, certificatePath, password, totpSecret }: Login): AuthMethod[] {
  return [
    ...(privateKeyPath === undefined
      ? []
      : [{ kind: 'key' as const, path: privateKeyPath, certificate: certificatePath ?? null }]),
    ...(password === undefined ? [] : [{ kind: 'password' as const }]),
    ...(totpSecret === undefined ? [] : [{ kind: 'keyboard-interactive' as const }]),
  ];
}

const profileFor = (name: string, login: ClusterLogin): ClusterProfile =>
  ClusterProfile.parse({
    id: `login-${name.toLowerCase()}`,
    name,
    kind: 'ssh',
    host: login.host,
    port: login.port,
    user: login.user,
    auth: waysIn(login),
    jump: login.hops.map((hop) => ({ host: hop.host, port: hop.port, user: hop.user, auth: waysIn(hop) })),
    pollSeconds: 2,
  });

/** What a person who has these keys, passwords and codes would answer, and what they were asked. */
function person(login: ClusterLogin, asked: ConnectionPrompt[]) {
  const servers = [login, ...login.hops];
  return (prompt: ConnectionPrompt) => {
    asked.push(prompt);
    if (prompt.kind === 'hostKey') {
      const known = servers.some(
        ({ port, hostKeyFingerprint }) => port === prompt.port && hostKeyFingerprint === prompt.fingerprint,
      );
      return known ? { kind: 'accept' as const, fingerprint: prompt.fingerprint } : { kind: 'cancel' as const };
    }
    const secret = {
      password: servers.find(({ user, password }) => password !== undefined && prompt.asker === `${user}@127.0.0.1`)
        ?.password,
      passphrase: login.passphrase,
      'keyboard-interactive': login.totpSecret === undefined ? undefined : totp(login.totpSecret),
    }[prompt.method];
    return secret === undefined
      ? { kind: 'cancel' as const }
      : { kind: 'answers' as const, values: prompt.fields.map(() => secret), remember: false };
  };
}

/** The matrix of ways in, from the first knock to the output of a job, through the whole core. */
describe('a real Slurm behind', () => {
  let logins: z.infer<typeof Description>['logins'];
  const folders: string[] = [];
  const cores: CoreUnderTest[] = [];

  beforeAll(() => {
    const answer = execFileSync(
      process.execPath,
      [path.join(import.meta.dirname, '../cluster/cluster.mjs'), 'up', '--logins'],
      { encoding: 'utf8' },
    );
    ({ logins } = Description.parse(JSON.parse(answer)));
  });

  afterAll(async () => {
    for (const core of cores) await core.dispose();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  async function open(
    name: (typeof NAMES)[number],
  ): Promise<{ core: CoreUnderTest; profile: ClusterProfile; asked: ConnectionPrompt[]; dataFolder: string }> {
    const login = logins[name];
    if (login === undefined) throw new Error(`the cluster has no login ${name}`);
    const dataFolder = await mkdtemp(path.join(tmpdir(), 'slipway-logins-'));
    folders.push(dataFolder);
    await writeTestTemplates(dataFolder);
    const asked: ConnectionPrompt[] = [];
    const core = await startCore({
      dataFolder,
      hostKeyFingerprint: login.hostKeyFingerprint,
      answer: person(login, asked),
    });
    cores.push(core);
    const profile = profileFor(name, login);
    await core.call('clusters.save', { profile });
    const state = await core.connect(profile.id);
    expect(state, `${name}: ${JSON.stringify(state)}`).toMatchObject({ phase: 'ready' });
    return { core, profile, asked, dataFolder };
  }

  it.each(NAMES)('the login %s takes facts, sends a file, runs a job to its end and shows its output', async (name) => {
    const { core, profile, dataFolder } = await open(name);
    const input = path.join(dataFolder, 'in put.dat');
    await writeFile(input, Buffer.alloc(200_000, 'any bytes '));
    const facts = await core.call('clusters.facts', { clusterId: profile.id });
    expect(facts).toMatchObject({ clusterName: 'slipway', user: profile.user });
    expect(facts.partitions.map((partition) => partition.name)).toContain('normal');
    expect(facts.associations?.map(({ account }) => account)).toContain('slipway');

    const job = await core.call('jobs.submit', { draft: await testDraft(core, profile, input), wait: true });
    expect(job, JSON.stringify(job.error)).toMatchObject({ phase: 'submitted' });
    await core.call('jobs.watch', { runIds: [job.runId], visible: true });
    const end = await core.until(job.runId, ({ state }) => state === 'COMPLETED' || state === 'FAILED');
    expect(end.state).toBe('COMPLETED');
    // a file that was closed on the node may take a moment to be seen elsewhere
    const log = await until(async () => {
      const read = await core.call('jobs.readLog', { runId: job.runId, stream: 'stdout' });
      return read.exists && read.size > 0 && read;
    });
    expect(log.text).toContain('ran in ');
  });

  it.each([
    ['password', ['password slippass@127.0.0.1']],
    ['encryptedKey', ['passphrase slipuser@127.0.0.1']],
    ['totp', ['keyboard-interactive slipuser@127.0.0.1']],
    ['certificate', []],
    ['jump', ['password slippass@127.0.0.1']],
  ] as const)('the login %s is asked for nothing but what its servers want', async (name, questions) => {
    const { asked } = await open(name);
    expect(asked.flatMap((prompt) => (prompt.kind === 'auth' ? [`${prompt.method} ${prompt.asker}`] : []))).toEqual(
      questions,
    );
    // the last server's key is confirmed by the test itself
    expect(asked.filter(({ kind }) => kind === 'hostKey')).toHaveLength(name === 'jump' ? 2 : 0);
  });

  it('shows the words of a second factor as the server says them', async () => {
    const { asked } = await open('totp');
    expect(asked.at(-1)).toMatchObject({
      kind: 'auth',
      method: 'keyboard-interactive',
      fields: [{ label: verbatim('Verification code: '), echo: false }],
    });
  });

  it.each([
    ['maxSessions1', 'ok'],
    ['noSftp', 'warn'],
    ['noisy', 'warn'],
  ] as const)('the connection test of the login %s finds SFTP %s, and everything else in order', async (name, sftp) => {
    const { core, profile } = await open(name);
    const steps = await core.call('clusters.test', { clusterId: profile.id });
    const outcomes = Object.fromEntries(steps.map(({ step, outcome, detail }) => [step, { outcome, detail }]));
    expect(outcomes['sftp'], JSON.stringify(outcomes)).toMatchObject({ outcome: sftp });
    for (const step of ['tcp', 'hostKey', 'login', 'shell', 'slurm', 'accounting', 'runRoot'] as const)
      expect(outcomes[step], JSON.stringify(outcomes)).toMatchObject({ outcome: 'ok' });
  });
});
