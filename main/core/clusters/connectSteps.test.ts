import { describe, expect, it } from 'vitest';
import {
  ClusterProfile,
  type ConnectionTestStep,
  type ConnectionTrace,
} from '../../../shared/domain/cluster/profile.ts';
import { inWords } from '../../../shared/messages/catalogue.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { quoted, verbatim } from '../../../shared/messages/message.ts';
import { ConnectSteps, plannedConnectSteps } from './connectSteps.ts';

const profile = ClusterProfile.parse({
  id: 'c',
  name: 'c',
  kind: 'ssh',
  host: 'hpc.example',
  port: 22,
  user: 'me',
  auth: [{ kind: 'password' }],
  jump: [
    { host: 'gate', user: 'door', port: 2222 },
    { host: 'inner', user: 'me' },
  ],
});

function attempt(): {
  steps: ConnectSteps;
  ended: ConnectionTestStep[];
  pass: (ms: number) => void;
  login: (hop: string) => void;
} {
  let now = 1000;
  const ended: ConnectionTestStep[] = [];
  const clock = { now: () => now, sleep: () => Promise.resolve() };
  const steps = new ConnectSteps(profile, clock, (step) => ended.push(step));
  const heard = (event: ConnectionTrace): void => steps.heard(event);
  return {
    steps,
    ended,
    pass: (ms) => (now += ms),
    login: (hop) => {
      heard({ kind: 'connected', hop });
      heard({ kind: 'hostKey', hop, algorithm: 'ssh-ed25519', fingerprint: 'SHA256:x', verdict: 'known' });
      heard({ kind: 'loggedIn', hop });
    },
  };
}

const names = (steps: readonly Pick<ConnectionTestStep, 'hop' | 'step'>[]): string[] =>
  steps.map(({ hop, step }) => `${hop ?? 'cluster'} ${step}`);

describe('the steps of a connection', () => {
  it('are planned for each server on the way, with one name to look up here', () => {
    expect(names(plannedConnectSteps(profile))).toEqual([
      'door@gate:2222 name',
      'door@gate:2222 tcp',
      'door@gate:2222 hostKey',
      'door@gate:2222 login',
      'me@inner:22 tcp',
      'me@inner:22 hostKey',
      'me@inner:22 login',
      'cluster tcp',
      'cluster hostKey',
      'cluster login',
    ]);
  });

  it('each take their own time, without the time of the person', () => {
    const { steps, ended, pass } = attempt();
    pass(300);
    steps.going();
    pass(5);
    steps.heard({ kind: 'resolved', hop: 'door@gate:2222', address: '10.0.0.1' });
    pass(20);
    steps.heard({ kind: 'connected', hop: 'door@gate:2222' });
    pass(10);
    steps.asking();
    pass(60_000);
    steps.going();
    pass(3);
    steps.heard({
      kind: 'hostKey',
      hop: 'door@gate:2222',
      algorithm: 'ssh-ed25519',
      fingerprint: 'SHA256:x',
      verdict: 'confirmed',
    });
    expect(ended.map(({ step, elapsed }) => [step, elapsed])).toEqual([
      ['name', 5],
      ['tcp', 20],
      ['hostKey', 13],
    ]);
  });

  it('tell which ways to log in were offered and tried', () => {
    const { steps, ended } = attempt();
    const hop = 'door@gate:2222';
    steps.heard({ kind: 'resolved', hop, address: '10.0.0.1' });
    steps.heard({ kind: 'connected', hop });
    steps.heard({ kind: 'hostKey', hop, algorithm: 'ssh-rsa', fingerprint: 'SHA256:x', verdict: 'certified' });
    steps.heard({ kind: 'authOffered', hop, methods: ['publickey', 'keyboard-interactive'] });
    steps.heard({
      kind: 'authTried',
      hop,
      method: 'publickey',
      what: verbatim('key ~/.ssh/id_rsa'),
      outcome: 'partial',
    });
    steps.heard({ kind: 'authOffered', hop, methods: ['keyboard-interactive'] });
    steps.heard({ kind: 'authTried', hop, method: 'keyboard-interactive', what: null, outcome: 'accepted' });
    steps.heard({ kind: 'loggedIn', hop });
    expect(ended.at(-1)).toMatchObject({ step: 'login', outcome: 'ok' });
    expect(ended.at(-1)?.notes.map(inWords)).toEqual([
      'The server offers: publickey, keyboard-interactive',
      'key ~/.ssh/id_rsa: accepted, and the server asks for more',
      'The server offers: keyboard-interactive',
      'keyboard-interactive: accepted',
    ]);
  });

  it('note what the server said of a refused login, which the sentence leaves out', () => {
    const { steps, ended } = attempt();
    const reason = quoted('Too many authentication failures');
    steps.failed(new AppError('AUTH_FAILED', { details: { host: 'inner', user: 'me', reason } }));
    expect(ended.at(-1)).toMatchObject({ step: 'login', notes: [reason] });
  });

  it('end at the server where it failed', () => {
    const { steps, ended, login } = attempt();
    steps.heard({ kind: 'resolved', hop: 'door@gate:2222', address: '10.0.0.1' });
    login('door@gate:2222');
    steps.failed(
      new AppError('JUMP_REFUSED', { details: { via: 'gate', host: 'inner', reason: 'it cannot reach it' } }),
    );
    expect(ended.at(-1)).toMatchObject({
      hop: 'me@inner:22',
      step: 'tcp',
      outcome: 'failed',
      detail: { id: 'errors.JUMP_REFUSED', values: { via: 'gate' } },
    });
    expect(names(steps.left)[0]).toBe('me@inner:22 hostKey');
  });

  it('name the server that each connection goes to', () => {
    const { steps, ended, login } = attempt();
    steps.heard({ kind: 'resolved', hop: 'door@gate:2222', address: '10.0.0.1' });
    login('door@gate:2222');
    login('me@inner:22');
    login('me@hpc.example:22');
    steps.connected();
    expect(ended.filter(({ step }) => step === 'tcp').map(({ detail }) => detail && inWords(detail))).toEqual([
      'gate:2222',
      'inner:22 through gate',
      'hpc.example:22 through inner',
    ]);
    expect(ended.every(({ outcome }) => outcome === 'ok')).toBe(true);
  });

  it('put an error where it belongs, also when nothing was told before', () => {
    const { steps, ended } = attempt();
    steps.failed(new AppError('HOST_KEY_CHANGED', { details: { host: 'gate' } }));
    expect(names(ended)).toEqual(['door@gate:2222 name', 'door@gate:2222 tcp', 'door@gate:2222 hostKey']);
    expect(ended.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'failed']);
  });
});
