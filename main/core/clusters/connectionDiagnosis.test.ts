import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { message, type Message } from '../../../shared/messages/message.ts';
import { inWords } from '../../../shared/messages/catalogue.ts';
import type { AnyEvent } from '../../../shared/contract/index.ts';
import type { ClusterProfile, ConnectionTestStep } from '../../../shared/domain/cluster/profile.ts';
import { RequestId } from '../../../shared/domain/ids.ts';
import { describeWithSshd, startSshd, type Sshd } from '../../ssh/testing/sshd.ts';
import { openTarget, profileOf, type ClusterTarget } from '../testing/clusterTarget.ts';
import { startCore, type CoreUnderTest } from '../testing/coreUnderTest.ts';

const outcomes = (steps: readonly ConnectionTestStep[]): string[] =>
  steps.map(({ hop, step, outcome }) => `${hop === null ? '' : 'jump '}${step} ${outcome}`);

const words = (said: Message | null): string => (said === null ? '' : inWords(said));

describe('testing a connection', () => {
  let target: ClusterTarget;
  let closeTarget: () => Promise<void>;
  let folder: string;
  let profile: ClusterProfile;
  let core: CoreUnderTest;
  let events: AnyEvent[] = [];

  beforeAll(async () => {
    const opened = await openTarget();
    target = opened.target;
    closeTarget = opened.dispose;
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-test-'));
    profile = profileOf(target);
    core = await startCore({ dataFolder: folder, hostKeyFingerprint: target.hostKeyFingerprint });
    core.core.events.on((event) => events.push(event));
    await core.call('clusters.save', { profile });
  });
  beforeEach(() => {
    events = [];
  });
  afterAll(async () => {
    await core.dispose();
    await closeTarget();
    await rm(folder, { recursive: true, force: true });
  });

  it('tells each step with its own time and what it found, while the test goes on', async () => {
    const steps = await core.call('clusters.test', { clusterId: profile.id });
    expect(outcomes(steps)).toEqual(
      ['name', 'tcp', 'hostKey', 'login', 'shell', 'sftp', 'slurm', 'accounting', 'runRoot', 'quota'].map(
        (step) => `${step} ok`,
      ),
    );
    const detail = (name: ConnectionTestStep['step']): string =>
      words(steps.find(({ step }) => step === name)?.detail ?? null);
    expect(detail('tcp')).toBe(`${target.host}:${String(target.port)}`);
    expect(detail('hostKey')).toContain(target.hostKeyFingerprint);
    expect(detail('slurm')).toMatch(/^Slurm \d+\.\d+\S*, \d+ partitions$/);
    expect(detail('accounting')).not.toBe('');
    expect(detail('runRoot')).toMatch(/ free on its file system$/);
    expect(
      steps
        .find(({ step }) => step === 'login')
        ?.notes.map(inWords)
        .join('\n'),
    ).toMatch(/The server offers: .*publickey[^]*accepted/);
    const told = events.flatMap(({ name, payload }) =>
      name === 'clusters.testProgress' ? [payload.steps.length] : [],
    );
    expect(told).toEqual(steps.map((_, index) => index + 1));
  });

  it('leaves the live session alone', async () => {
    const before = await core.connect(profile.id);
    events = [];
    await core.call('clusters.test', { clusterId: profile.id });
    expect(events.filter(({ name }) => name === 'clusters.connection')).toEqual([]);
    expect(await core.connect(profile.id)).toMatchObject({ phase: 'ready', since: before.since });
    await core.call('clusters.disconnect', { clusterId: profile.id });
  });

  it('tries a profile that is not saved, and saves nothing', async () => {
    const draft = { ...profile, id: 'draft' as ClusterProfile['id'], port: target.port, name: 'Not saved' };
    expect(
      outcomes(await core.call('clusters.test', { clusterId: draft.id, profile: draft })).every((line) =>
        line.endsWith(' ok'),
      ),
    ).toBe(true);
    expect((await core.call('clusters.list', {})).map(({ profile: { id } }) => id)).not.toContain('draft');
    await expect(core.call('clusters.test', { clusterId: profile.id, profile: draft })).rejects.toMatchObject({
      name: 'INPUT_INVALID',
    });
  });

  it('names what failed with a next step, and skips the rest', async () => {
    const steps = await core.call('clusters.test', {
      clusterId: profile.id,
      profile: { ...profile, runRoot: '/proc/no/such/place' },
    });
    expect(outcomes(steps).slice(-2)).toEqual(['runRoot failed', 'quota skipped']);
    expect(steps.find(({ step }) => step === 'runRoot')?.hint).not.toBeNull();
    for (const runRoot of ['~/a%jb', String.raw`~/a\b`]) {
      const refused = await core.call('clusters.test', { clusterId: profile.id, profile: { ...profile, runRoot } });
      const step = refused.find((one) => one.step === 'runRoot');
      expect(step).toMatchObject({ outcome: 'failed' });
      expect(words(step?.detail ?? null)).toContain(`Slurm reads “${runRoot.charAt(3)}”`);
      await expect(core.call('clusters.save', { profile: { ...profile, runRoot } })).rejects.toMatchObject({
        name: 'RUN_FOLDER_NAME',
      });
    }
    const [first, ...others] = await core.call('clusters.test', {
      clusterId: profile.id,
      profile: { ...profile, host: 'no-such-host.invalid' },
    });
    expect(first).toMatchObject({
      step: 'name',
      outcome: 'failed',
      detail: { id: 'errors.CONNECT_FAILED', values: { host: 'no-such-host.invalid' } },
      hint: { id: 'errors.CONNECT_FAILED.hint' },
    });
    expect(others.every(({ outcome }) => outcome === 'skipped')).toBe(true);
  });

  it('warns about a quota command that does not work', async () => {
    const steps = await core.call('clusters.test', {
      clusterId: profile.id,
      profile: { ...profile, quotaCommand: 'echo no table here; exit 3' },
    });
    expect(steps.at(-1)).toMatchObject({
      step: 'quota',
      outcome: 'warn',
      hint: message('diagnosis.quotaMisread.next'),
    });
  });

  it('ends when the person has had enough', async () => {
    // a server that says nothing: without an end, the test would wait for its time to run out
    const silent = net.createServer((socket) => socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as net.AddressInfo;
    const controller = new AbortController();
    const listening = core.core.events.on(({ name }) => {
      if (name === 'clusters.testProgress') controller.abort();
    });
    const test = core.core.handlers['clusters.test'];
    const testing = Promise.resolve(
      test(
        { clusterId: profile.id, profile: { ...profile, host: '127.0.0.1', port } },
        { requestId: RequestId.parse('test-cancelled'), signal: controller.signal },
      ),
    );
    await expect(testing).rejects.toMatchObject({ name: 'CANCELLED' });
    void listening.dispose();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('finds the key of a server that was changed; once the old one is removed on purpose, it is asked about like a new one', async () => {
    const knownHosts = path.join(folder, 'known_hosts');
    const good = await readFile(knownHosts, 'utf8');
    const line = good.split('\n').find((each) => each.includes(`:${String(target.port)} `)) ?? '';
    const [names = '', type = '', key = ''] = line.split(' ');
    const blob = Buffer.from(key, 'base64');
    blob[blob.length - 1] = (blob[blob.length - 1] ?? 0) ^ 1;
    await writeFile(
      knownHosts,
      `# mine\n${names} ${type} ${blob.toString('base64')} kept as it is\nother ssh-ed25519 AAAA\n`,
    );

    const failed = (await core.call('clusters.test', { clusterId: profile.id })).find(
      ({ outcome }) => outcome === 'failed',
    );
    expect(failed).toMatchObject({ step: 'hostKey', detail: { id: 'errors.HOST_KEY_CHANGED' } });
    const state = await core.connect(profile.id);
    if (state.phase !== 'failed') throw new Error(`it is ${state.phase}`);
    const { host, port, knownFingerprints } = state.error.details as {
      host: string;
      port: number;
      knownFingerprints: string[];
    };
    const [fingerprint = ''] = knownFingerprints;

    await expect(
      core.call('clusters.forgetHostKey', { clusterId: profile.id, host: 'elsewhere', port, fingerprint }),
    ).rejects.toMatchObject({ name: 'INPUT_INVALID' });
    expect(await core.call('clusters.forgetHostKey', { clusterId: profile.id, host, port, fingerprint })).toEqual({
      removed: 1,
      files: [knownHosts],
    });
    expect(await readFile(knownHosts, 'utf8')).toBe('# mine\nother ssh-ed25519 AAAA\n');
    events = [];
    expect(await core.connect(profile.id)).toMatchObject({ phase: 'ready' });
    expect(events.flatMap(({ name, payload }) => (name === 'clusters.prompt' ? [payload.kind] : []))).toEqual([
      'hostKey',
    ]);
    await core.call('clusters.disconnect', { clusterId: profile.id });
  });

  describeWithSshd('over a jump host', () => {
    let gate: Sshd;
    beforeAll(async () => {
      gate = await startSshd();
    });
    afterAll(async () => {
      await gate.dispose();
    });

    it('tells the steps of both servers', async () => {
      const { username } = userInfo();
      const hostKey = (await readFile(path.join(gate.folder, 'host_key.pub'), 'utf8')).trim();
      const knownHosts = path.join(folder, 'known_hosts');
      await writeFile(knownHosts, `${await readFile(knownHosts, 'utf8')}[127.0.0.1]:${String(gate.port)} ${hostKey}\n`);
      const through: ClusterProfile = {
        ...profile,
        jump: [
          {
            host: '127.0.0.1',
            port: gate.port,
            user: username,
            auth: [{ kind: 'key', path: gate.keyPath, certificate: null }],
          },
        ],
      };
      const steps = await core.call('clusters.test', { clusterId: profile.id, profile: through });
      expect(outcomes(steps)).toEqual([
        ...['name', 'tcp', 'hostKey', 'login'].map((step) => `jump ${step} ok`),
        ...['tcp', 'hostKey', 'login', 'shell', 'sftp', 'slurm', 'accounting', 'runRoot', 'quota'].map(
          (step) => `${step} ok`,
        ),
      ]);
      expect(steps[0]?.hop).toBe(`${username}@127.0.0.1:${String(gate.port)}`);

      const refused = await core.call('clusters.test', { clusterId: profile.id, profile: { ...through, port: 1 } });
      expect(refused.find(({ outcome }) => outcome === 'failed')).toMatchObject({
        step: 'tcp',
        hop: null,
        hint: { id: 'errors.JUMP_REFUSED.hint' },
      });
    });
  });
});
