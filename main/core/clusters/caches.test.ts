/** What is kept of a cluster: facts, usage and modules, on a login node of small programs that print what a real one printed. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inWords } from '../../../shared/messages/catalogue.ts';
import { ClusterFacts, ClusterUsage, ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import type { EventOf } from '../../../shared/contract/index.ts';
import { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { DocumentRepository, Store } from '../ports.ts';
import type { Emit } from '../program/events.ts';
import { createMemoryDocuments } from '../testing/memoryDocuments.ts';
import { VirtualClock } from '../testing/virtualClock.ts';
import { createFacts } from './facts.ts';
import { createClusterUsage } from './clusterUsage.ts';
import { createModules } from './modules.ts';
import { LoginNode } from './testing/loginNode.ts';

const ID = ClusterId.parse('c1');
const never = new AbortController().signal;
const HOUR = 3_600_000;

let node: LoginNode;
let clock: VirtualClock;
let documents: DocumentRepository;
let events: string[];
/** What the page was told, in order. */
let told: ClusterFacts[];
let onTold: () => void;
let profile: ClusterProfile;

beforeEach(() => {
  node = new LoginNode();
  clock = new VirtualClock();
  documents = createMemoryDocuments();
  events = [];
  told = [];
  onTold = () => undefined;
  profile = ClusterProfile.parse({
    id: ID,
    name: 'test',
    kind: 'ssh',
    host: 'h',
    port: 22,
    user: 'slipuser',
    auth: [{ kind: 'password' }],
    quotaCommand: `${node.folder}/bin/myquota`,
  });
});
afterEach(() => node.dispose());

function caches() {
  const ports = { store: { documents } as unknown as Store, clock };
  const sessions = {
    profile: () => profile,
    environment: () => null,
    runSlurm: (_id: ClusterId, script: string, options?: Parameters<LoginNode['run']>[1]) => node.run(script, options),
    knownFacts: () => {
      const parsed = ClusterFacts.safeParse(documents.get('clusterFacts', ID));
      return parsed.success ? parsed.data : null;
    },
    learnFacts: (_id: ClusterId, told: ClusterFacts) => documents.set('clusterFacts', ID, told),
    learnUsage: (_id: ClusterId, told: ClusterUsage) => documents.set('clusterLoad', ID, told),
    knownUsage: () => {
      const parsed = ClusterUsage.safeParse(documents.get('clusterLoad', ID));
      return parsed.success ? parsed.data : null;
    },
  };
  const emit: Emit = (name, payload) => {
    events.push(name);
    if (name !== 'clusters.facts') return;
    told.push((payload as EventOf<'clusters.facts'>).facts);
    onTold();
  };
  return {
    facts: createFacts(ports, sessions, emit),
    usage: createClusterUsage(ports, sessions, emit),
    modules: createModules(ports, sessions),
  };
}

/** Waits for what goes on by itself. */
async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Whether the quotas, which come last, are there. */
const areWhole = (): boolean => told.length > 0 && told.at(-1)?.asking === undefined;

describe('facts', () => {
  it('tell the partitions before the accounting database answers, and what is still asked for', async () => {
    node.holdAccounting(true);
    const { facts } = caches();
    const taken = facts.take(ID, false, never);
    await until(() => told.length === 1);
    const [first] = told;
    expect(first!.partitions.find(({ name }) => name === 'gpu')!.gpus).toMatchObject([{ type: 'a100' }]);
    expect(first).toMatchObject({
      clusterName: 'slipway',
      associations: null,
      unknown: [],
      asking: ['accounting', 'qos', 'fairShare', 'quota'],
    });
    node.holdAccounting(false);
    expect((await taken).associations!.map(({ account }) => account)).toContain('slipway');
    await until(areWhole);
    expect(told.map(({ asking }) => asking)).toEqual([first!.asking, ['quota'], undefined]);
    expect(told.at(-1)!.quotas).toHaveLength(1);
  });

  it('of which only the first half came are asked for again, and say meanwhile what is not known', async () => {
    onTold = () => (node.connected = false);
    const { facts } = caches();
    await expect(facts.take(ID, false, never)).rejects.toMatchObject({ name: 'NOT_CONNECTED' });
    expect(told.at(-1)).toMatchObject({ associations: null });
    expect(told.at(-1)!.asking).toBeUndefined();
    expect(told.at(-1)!.unknown.map(({ subject }) => subject)).toEqual(['accounting', 'qos', 'fairShare']);
    onTold = () => undefined;
    node.connected = true;
    expect((await facts.take(ID, false, never)).associations!.length).toBeGreaterThan(0);
  });

  it('are taken once for all who ask at the same time, and kept for a day', async () => {
    const { facts } = caches();
    const [first, second] = await Promise.all([facts.take(ID, false, never), facts.take(ID, false, never)]);
    expect(first).toEqual(second);
    expect(first.partitions.map(({ name }) => name)).toContain('gpu');
    await until(areWhole);
    await clock.advance(23 * HOUR);
    await facts.take(ID, false, never);
    expect(node.asked).toEqual(['facts', 'facts', 'facts']);
    await clock.advance(2 * HOUR);
    await facts.take(ID, false, never);
    await until(() => node.asked.length === 6);
  });

  it('are there before the quotas, which come by themselves', async () => {
    const { facts } = caches();
    expect((await facts.take(ID, false, never)).quotas).toEqual([]);
    await until(areWhole);
    expect((await facts.take(ID, false, never)).quotas).toMatchObject([
      { name: 'home', path: '/home/slipuser', used: 1024 ** 3, hard: 2 * 1024 ** 3, kind: 'quota' },
    ]);
  });

  it('say why there are no quotas when the site’s command is not there', async () => {
    profile = { ...profile, quotaCommand: 'no-such-quota' };
    const { facts } = caches();
    await facts.take(ID, false, never);
    await until(areWhole);
    const { quotas, unknown } = await facts.take(ID, false, never);
    expect(quotas.map(({ kind }) => kind)).toEqual(['filesystem']);
    expect(unknown).toMatchObject([{ subject: 'quota', reason: { id: 'facts.quotaFailed', values: { code: 127 } } }]);
  });

  it('keep the accounts while the database is silent, and say so', async () => {
    const { facts } = caches();
    await facts.take(ID, true, never);
    node.fail(
      'sacctmgr',
      'sacctmgr: error: slurm_persist_conn_open_without_init: failed to open persistent connection to host:db1:6819: Connection refused',
    );
    const later = await facts.take(ID, true, never);
    expect(later.associations!.map(({ account }) => account)).toContain('slipway');
    expect(inWords(later.unknown.find(({ subject }) => subject === 'accounting')!.reason)).toMatch(
      /does not answer now.*What was known before is shown\.$/,
    );
  });

  it('stay as they are while the controller is silent; who asks for new ones is told', async () => {
    const { facts } = caches();
    const before = await facts.take(ID, false, never);
    await until(areWhole);
    node.fail('scontrol', 'slurm_load_ctl_conf error: Unable to contact slurm controller (connect failure)');
    await clock.advance(25 * HOUR);
    expect((await facts.take(ID, false, never)).takenAt).toBe(before.takenAt);
    await expect(facts.take(ID, true, never)).rejects.toMatchObject({ name: 'SLURM_UNAVAILABLE' });
  });

  it('of a cluster that was never reached are not made up', async () => {
    node.connected = false;
    await expect(caches().facts.take(ID, false, never)).rejects.toMatchObject({ name: 'NOT_CONNECTED' });
  });

  it('come to those who still wait when the first to ask has gone', async () => {
    const { facts } = caches();
    const gone = new AbortController();
    const first = facts.take(ID, false, gone.signal);
    const second = facts.take(ID, false, never);
    gone.abort();
    await expect(first).rejects.toMatchObject({ name: 'CANCELLED' });
    expect((await second).clusterName).toBe('slipway');
  });
});

describe('the load', () => {
  it('is asked for at most every 30 s, and as seldom as the site wants', async () => {
    const { usage } = caches();
    await usage.take(ID, never);
    await clock.advance(29_000);
    await usage.take(ID, never);
    expect(node.asked).toEqual(['usage']);
    await clock.advance(2000);
    await usage.take(ID, never);
    expect(node.asked).toEqual(['usage', 'usage']);
    profile = { ...profile, pollSeconds: 120 };
    await clock.advance(119_000);
    await usage.take(ID, never);
    expect(node.asked).toHaveLength(2);
    expect(events.filter((name) => name === 'clusters.usage')).toHaveLength(2);
  });

  it('is asked again soon after a job was submitted or went on, which a look from before cannot show', async () => {
    const { usage } = caches();
    const before = await usage.take(ID, never);
    await clock.advance(6000);
    expect(await usage.take(ID, never)).toEqual(before);
    usage.jobsChanged(ID);
    expect((await usage.take(ID, never)).takenAt).toBe(before.takenAt + 6000);
    await clock.advance(6000);
    expect((await usage.take(ID, never)).takenAt).toBe(before.takenAt + 6000);
  });

  it('asks for everybody’s jobs every five minutes only, and shows their number meanwhile', async () => {
    const { usage } = caches();
    const first = await usage.take(ID, never);
    expect(first.waiting).toEqual({ gpu: 1 });
    await clock.advance(60_000);
    const second = await usage.take(ID, never);
    expect(second.takenAt).toBe(first.takenAt + 60_000);
    expect(second.waiting).toEqual({ gpu: 1 });
  });

  it('is the last known one where the cluster cannot be reached or does not answer', async () => {
    const { usage } = caches();
    const first = await usage.take(ID, never);
    await clock.advance(HOUR);
    node.fail('squeue', 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)');
    expect(await usage.take(ID, never)).toEqual(first);
    node.connected = false;
    expect(await usage.take(ID, never)).toEqual(first);
  });

  it('that never was is an error', async () => {
    node.fail('squeue', 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)');
    const refused: unknown = await caches()
      .usage.take(ID, never)
      .catch((error: unknown) => error);
    expect(AppError.is(refused, 'SLURM_UNAVAILABLE')).toBe(true);
  });
});

describe('modules', () => {
  it('are asked for when somebody wants them, and kept', async () => {
    const { modules } = caches();
    const first = await modules.take(ID, false, never);
    expect(['lmod', 'tcl', 'none']).toContain(first.system);
    await clock.advance(48 * HOUR);
    expect(await modules.take(ID, false, never)).toEqual(first);
    expect(node.asked).toEqual(['modules']);
    await modules.take(ID, true, never);
    expect(node.asked).toEqual(['modules', 'modules']);
  });
});
