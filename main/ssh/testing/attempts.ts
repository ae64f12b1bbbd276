import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { ClusterProfile, ConnectionTrace } from '../../../shared/domain/cluster/profile.ts';
import { ResourceScope } from '../../../shared/lib/disposable.ts';
import { inWords } from '../../../shared/messages/catalogue.ts';
import type {
  AuthQuestion,
  ConnectionPrompter,
  Connector,
  HostKeyQuestion,
  RemoteConnection,
} from '../../core/ports.ts';
import { createConnector, type Timings } from '../index.ts';

export interface Person extends ConnectionPrompter {
  /** The fingerprints that were confirmed. */
  readonly hosts: HostKeyQuestion[];
  readonly questions: AuthQuestion[];
  readonly steps: string[];
  readonly traces: ConnectionTrace[];
  /** What became of each way to log in: `method outcome`. */
  tried(): string[];
}

/** Someone who trusts every host, and has these answers to what is asked, in this order; then they give up. */
export function person(...answers: (string | (() => string))[]): Person {
  const hosts: HostKeyQuestion[] = [];
  const questions: AuthQuestion[] = [];
  const steps: string[] = [];
  const traces: ConnectionTrace[] = [];
  return {
    hosts,
    questions,
    steps,
    traces,
    tried: () => traces.flatMap((event) => (event.kind === 'authTried' ? [`${event.method} ${event.outcome}`] : [])),
    confirmHostKey: async (question) => {
      hosts.push(question);
      return true;
    },
    answer: async (question) => {
      questions.push(question);
      const answer = answers.shift();
      return answer === undefined ? null : [typeof answer === 'string' ? answer : answer()];
    },
    step: (doing) => steps.push(inWords(doing)),
    trace: (event) => traces.push(event),
  };
}

export interface AttemptOptions {
  readonly pin?: string | null;
  readonly timings?: Partial<Timings>;
  readonly knownHostsFiles?: readonly string[];
}

/** What each test has for itself: things to be closed, a folder, a known_hosts file, and connections. */
export interface TestBench {
  readonly opened: ResourceScope;
  /** Empty. */
  readonly folder: string;
  /** A file that is not there yet, and not in that folder. */
  readonly knownHosts: string;
  connector(options?: AttemptOptions): Connector;
  connect(profile: ClusterProfile, asker?: ConnectionPrompter, options?: AttemptOptions): Promise<RemoteConnection>;
}

/** To be called where tests are described. */
export function testBench(): TestBench {
  let opened = new ResourceScope();
  let home = '';
  beforeEach(async () => {
    opened = new ResourceScope();
    home = await mkdtemp(path.join(os.tmpdir(), 'slipway-login-'));
    const made = home;
    opened.defer(() => rm(made, { recursive: true, force: true }));
    await mkdir(bench.folder);
  });
  afterEach(async () => {
    await opened.dispose();
  });
  const bench: TestBench = {
    get opened() {
      return opened;
    },
    get folder() {
      return path.join(home, 'folder');
    },
    get knownHosts() {
      return path.join(home, '.ssh', 'known_hosts');
    },
    connector: ({ timings = {}, knownHostsFiles } = {}) =>
      opened.use(createConnector({ knownHostsFiles: knownHostsFiles ?? [bench.knownHosts], timings })),
    connect: async (profile, asker = person(), options = {}) =>
      bench
        .connector(options)
        .connect({ profile, pinnedHostKey: options.pin ?? null }, asker, new AbortController().signal),
  };
  return bench;
}
