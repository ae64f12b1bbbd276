import type { ClusterFacts, Unknown } from '../../../shared/domain/cluster/profile.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { factsScript, keepingKnown, parseFacts } from '../../slurm/facts.ts';
import { parseQuotas, quotaScript } from '../../slurm/quotas.ts';
import { ANSWER_BOUNDS } from '../answerBounds.ts';
import type { CorePorts } from '../ports.ts';
import type { Emit } from '../program/events.ts';
import { abortable } from './abortable.ts';
import type { SessionsService } from './clusterSessions.ts';

/** Facts older than this are taken again, in milliseconds. */
const FRESH_MS = 24 * 3600 * 1000;

/** What is known of each cluster: kept in the store, taken again once a day or when asked. */
export interface FactsCache {
  /**
   * From the cache when it is fresh; otherwise, or with `refresh`, asks the cluster. NOT_CONNECTED only when nothing is known. Quotas
   * come a little later, since file servers may be slow: `clusters.changed` tells when they are there.
   */
  take(clusterId: ClusterId, refresh: boolean, signal: AbortSignal): Promise<ClusterFacts>;
  /** Accounting does not say how jobs ended, in its own words, or (null) does so again. Stands on the cluster's page until then. */
  noteAccounting(
    clusterId: ClusterId,
    failure: { kind: 'absent' | 'silent'; since: number; said: string } | null,
  ): void;
}

type Sessions = Pick<SessionsService, 'profile' | 'knownFacts' | 'learnFacts' | 'environment' | 'runSlurm'>;

export function createFacts(ports: Pick<CorePorts, 'clock'>, sessions: Sessions, emit: Emit): FactsCache {
  const underWay = new Map<ClusterId, Promise<ClusterFacts>>();
  const accounting = new Map<ClusterId, Unknown>();
  const withAccounting = (clusterId: ClusterId, facts: ClusterFacts): ClusterFacts => {
    const failure = accounting.get(clusterId);
    return {
      ...facts,
      unknown: [
        ...facts.unknown.filter(({ subject }) => subject !== 'ends'),
        ...(failure === undefined ? [] : [failure]),
      ],
    };
  };

  function keep(clusterId: ClusterId, facts: ClusterFacts): void {
    sessions.learnFacts(clusterId, withAccounting(clusterId, facts));
    emit('clusters.changed', {});
  }

  async function ask(clusterId: ClusterId): Promise<ClusterFacts> {
    const { stdout, stderr } = await sessions.runSlurm(clusterId, factsScript(), {
      timeoutMs: 90_000,
      purpose: 'facts',
      answer: ANSWER_BOUNDS.facts,
      repeatable: true,
    });
    const taken = parseFacts(stdout, ports.clock.now());
    // nothing of Slurm answered: what is known stays
    if (taken.partitions.length === 0) {
      const said =
        taken.unknown.find(({ subject }) => subject === 'configuration' || subject === 'partitions')?.reason ?? stderr;
      throw new AppError('SLURM_UNAVAILABLE', { details: { stderr: said.slice(0, 2000) } });
    }
    const known = sessions.knownFacts(clusterId);
    const facts: ClusterFacts = {
      ...keepingKnown(taken, known, stdout),
      quotas: known?.quotas ?? [],
      overridingVariables: sessions.environment(clusterId)?.sbatchVariables ?? [],
    };
    keep(clusterId, facts);
    // by itself: a file server that hangs must not keep the partitions from the page. What goes wrong here leaves the quotas as they were
    askQuotas(clusterId).catch(() => undefined);
    return facts;
  }

  async function askQuotas(clusterId: ClusterId): Promise<void> {
    const { quotaCommand } = sessions.profile(clusterId);
    const scratch = sessions.knownFacts(clusterId)?.scratch ?? null;
    const { stdout } = await sessions.runSlurm(clusterId, quotaScript({ quotaCommand, scratch }), {
      timeoutMs: 90_000,
      purpose: 'facts',
      answer: ANSWER_BOUNDS.quotas,
    });
    const { quotas, unknown } = parseQuotas(stdout, scratch);
    // another answer may have come meanwhile, and the cluster may have been removed
    sessions.profile(clusterId);
    const facts = sessions.knownFacts(clusterId);
    if (facts !== null)
      keep(clusterId, {
        ...facts,
        quotas,
        unknown: [...facts.unknown.filter(({ subject }) => subject !== 'quota'), ...unknown],
      });
  }

  return {
    noteAccounting: (clusterId, failure) => {
      if (failure === null) accounting.delete(clusterId);
      else accounting.set(clusterId, { subject: 'ends', reason: accountingSentence(failure), since: failure.since });
      const facts = sessions.knownFacts(clusterId);
      if (facts !== null) keep(clusterId, facts);
    },
    take: async (clusterId, refresh, signal) => {
      sessions.profile(clusterId);
      const known = sessions.knownFacts(clusterId);
      const age = known === null ? null : ports.clock.now() - known.takenAt;
      // facts from the future are from before this computer's clock was put back
      if (known !== null && !refresh && age !== null && age >= 0 && age < FRESH_MS) return known;
      let asking = underWay.get(clusterId);
      if (asking === undefined) {
        // not with the signal of the first who asks: others wait for the same answer
        asking = ask(clusterId).finally(() => underWay.delete(clusterId));
        underWay.set(clusterId, asking);
      }
      try {
        return await abortable(asking, signal);
      } catch (error) {
        if (
          known !== null &&
          !refresh &&
          AppError.is(
            error,
            'NOT_CONNECTED',
            'CONNECTION_LOST',
            'REMOTE_TIMEOUT',
            'SLURM_UNAVAILABLE',
            'ANSWER_TOO_LARGE',
          )
        )
          return known;
        throw error;
      }
    },
  };
}

function accountingSentence({ kind, said }: { kind: 'absent' | 'silent'; said: string }): string {
  return kind === 'absent'
    ? `No accounting tells how jobs ended (“${said}”). Slipway follows them by the queue and by what each job writes down itself.`
    : `Accounting does not answer (“${said}”). Slipway follows your jobs by the queue and by what each job writes down itself, and corrects their ends when it answers again.`;
}
