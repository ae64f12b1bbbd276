import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClusterView, ConnectionPrompt } from '../../shared/domain/cluster/profile.ts';
import type { ClusterId } from '../../shared/domain/ids.ts';
import { AppError } from '../../shared/errors/appError.ts';
import { held, pageOf, ScriptedHost } from '../client/testing/scriptedHost.ts';

const host = new ScriptedHost();
vi.stubGlobal('window', pageOf(host));
const { chooseCluster, followClusters, loadClusters, loadFacts, useClusters } = await import('./clusters.ts');

const [DEMO, CORI] = ['demo', 'cori'] as [ClusterId, ClusterId];
const DOWN = { phase: 'disconnected' } as unknown as ClusterView['connection'];
const READY = { phase: 'ready' } as unknown as ClusterView['connection'];
const view = (id: string, connection = DOWN): ClusterView =>
  ({ profile: { id, name: id }, connection }) as unknown as ClusterView;
const prompt = (promptId: string, name = ''): ConnectionPrompt => ({ promptId, name }) as unknown as ConnectionPrompt;
const phases = (): unknown[] => useClusters.getState().clusters?.map(({ connection }) => connection.phase) ?? [];

const START = useClusters.getState();
let known: ClusterView[];
host.answer('clusters.list', () => known);
host.answer('clusters.prompts', () => []);
await followClusters();

describe('what the window knows of clusters', () => {
  beforeEach(async () => {
    known = [view('demo'), view('cori')];
    host.reset();
    host.answer('clusters.list', () => known);
    host.answer('clusters.prompts', () => []);
    useClusters.setState(START, true);
    chooseCluster(DEMO);
    await loadClusters();
  });

  it('is asked again when an event overtook the answer, which is of before it', async () => {
    const slow = held<ClusterView[]>();
    host.answer('clusters.list', () => slow.promise);
    const loading = loadClusters();
    host.tell('clusters.connection', { clusterId: DEMO, connection: READY });
    known = [view('demo', READY), view('cori')];
    host.answer('clusters.list', () => known);
    slow.keep([view('demo', DOWN), view('cori')]);
    await loading;
    expect(phases()).toEqual(['ready', 'disconnected']);
  });

  it('changes for the cluster that an event is of, and for no other', () => {
    const before = useClusters.getState().clusters?.[1];
    host.tell('clusters.connection', { clusterId: DEMO, connection: READY });
    expect(phases()).toEqual(['ready', 'disconnected']);
    expect(useClusters.getState().clusters?.[1]).toBe(before);
  });

  it('keeps the choice of the top bar while that cluster is there, and else takes the first', async () => {
    expect(useClusters.getState().currentId).toBe('demo');
    chooseCluster(CORI);
    await loadClusters();
    expect(useClusters.getState().currentId).toBe('cori');
    known = [view('demo')];
    await loadClusters();
    expect(useClusters.getState().currentId).toBe('demo');
    known = [];
    await loadClusters();
    expect(useClusters.getState().currentId).toBeNull();
  });

  it('forgets what was told of a cluster that is gone: another may come under its name', async () => {
    host.answer('clusters.facts', () => ({ takenAt: 1 }));
    await loadFacts(CORI);
    await loadFacts(DEMO);
    known = [view('demo')];
    await loadClusters();
    expect(Object.keys(useClusters.getState().facts)).toEqual(['demo']);
  });

  it('stays as it was when it cannot be asked, and says why', async () => {
    host.answer('clusters.list', () => {
      throw new AppError('HOST_UNREACHABLE', { details: { reason: 'closed' } });
    });
    await loadClusters();
    expect(useClusters.getState()).toMatchObject({ error: { name: 'HOST_UNREACHABLE' }, currentId: 'demo' });
    expect(useClusters.getState().clusters).toHaveLength(2);
  });

  it('has each question of a login once, in its newest words, until it is closed', () => {
    host.tell('clusters.prompt', prompt('one', 'Password'));
    host.tell('clusters.prompt', prompt('two'));
    host.tell('clusters.prompt', prompt('one', 'Password again'));
    expect(useClusters.getState().prompts).toEqual([prompt('two'), prompt('one', 'Password again')]);
    host.tell('clusters.promptClosed', { promptId: 'two' });
    expect(useClusters.getState().prompts).toEqual([prompt('one', 'Password again')]);
  });

  it('keeps when it last looked while only the next look is planned anew', () => {
    host.tell('jobs.poll', { clusterId: DEMO, lastPollAt: 5, answeredAt: 4, nextPollAt: 9, error: null });
    host.tell('jobs.planned', { clusterId: DEMO, nextPollAt: 7 });
    host.tell('jobs.planned', { clusterId: CORI, nextPollAt: 8 });
    expect(useClusters.getState().polls).toEqual({
      demo: { lastPollAt: 5, answeredAt: 4, nextPollAt: 7, error: null },
      cori: { lastPollAt: null, answeredAt: null, nextPollAt: 8, error: null },
    });
  });
});
