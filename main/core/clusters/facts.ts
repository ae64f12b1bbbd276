import type { ClusterFacts, Unknown } from '../../../shared/domain/cluster/profile.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { message, quoted, type Message } from '../../../shared/messages/message.ts';
import {
  ACCOUNTING_FACTS_PROGRAMS,
  accountingFactsScript,
  CONTROLLER_FACTS_PROGRAMS,
  controllerFactsScript,
  keepingKnown,
  parseFacts,
} from '../../slurm/facts.ts';
import { parseQuotas, quotaScript } from '../../slurm/quotas.ts';
import { ANSWER_BOUNDS } from '../answerBounds.ts';
import type { CorePorts } from '../ports.ts';
import type { Emit } from '../program/events.ts';
import { CachedAnswer, type Asking } from '../cache/cachedAnswer.ts';
import type { SessionsService } from './clusterSessions.ts';

/** Facts older than this are taken again, in milliseconds. */
const FRESH_MS = 24 * 3600 * 1000;
/** What comes after the partitions: the accounting database takes several times as long as the controller, and the quotas come last. */
const FROM_ACCOUNTING = ['accounting', 'qos', 'fairShare'] as const satisfies Unknown['subject'][];
const QUOTAS = ['quota'] as const satisfies Unknown['subject'][];

/** What is known of each cluster: kept in the store, taken again once a day or when asked. */
export interface FactsCache {
  /**
   * From the cache when it is fresh; otherwise, or with `refresh`, asks the cluster. NOT_CONNECTED only when nothing is known. It
   * answers when accounts and QOS are there too; `clusters.facts` tells the partitions before that, and the quotas after, since file
   * servers may be slow.
   */
  take(clusterId: ClusterId, refresh: boolean, signal: AbortSignal): Promise<ClusterFacts>;
  /** Accounting does not say how jobs ended, in its own words, or (null) does so again. Stands on the cluster's page until then. */
  noteAccounting(
    clusterId: ClusterId,
    failure: { kind: 'absent' | 'silent'; since: number; said: string } | null,
  ): void;
  /** Its profile was removed, or names another cluster now. */
  forget(clusterId: ClusterId): void;
}

type Sessions = Pick<SessionsService, 'profile' | 'knownFacts' | 'learnFacts' | 'environment' | 'runSlurm'>;

export function createFacts(ports: Pick<CorePorts, 'clock'>, sessions: Sessions, emit: Emit): FactsCache {
  const accounting = new Map<ClusterId, Unknown>();
  /** Of whom the second half never came: they are asked again at the next occasion. */
  const halfKnown = new Set<ClusterId>();
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
    const { asking = [], ...told } = withAccounting(clusterId, facts);
    const kept = asking.length === 0 ? told : { ...told, asking };
    sessions.learnFacts(clusterId, kept);
    emit('clusters.facts', { clusterId, facts: kept });
    emit('clusters.changed', {});
  }

  const run = async (
    clusterId: ClusterId,
    script: string,
    programs: readonly string[],
    signal: AbortSignal,
  ): Promise<{ stdout: string; stderr: string }> =>
    sessions.runSlurm(clusterId, script, {
      signal,
      timeoutMs: 90_000,
      purpose: 'facts',
      programs,
      answer: ANSWER_BOUNDS.facts,
      repeatable: true,
    });

  async function ask(
    clusterId: ClusterId,
    known: ClusterFacts | null,
    { signal, part }: Asking<ClusterFacts>,
  ): Promise<ClusterFacts> {
    const { stdout: ofController, stderr } = await run(
      clusterId,
      controllerFactsScript(),
      CONTROLLER_FACTS_PROGRAMS,
      signal,
    );
    const takenAt = ports.clock.now();
    const facts = (answer: string): ClusterFacts => {
      const taken = parseFacts(answer, takenAt);
      return {
        ...keepingKnown(taken, known, answer),
        quotas: known?.quotas ?? [],
        overridingVariables: sessions.environment(clusterId)?.sbatchVariables ?? [],
      };
    };
    const first = facts(ofController);
    // nothing of Slurm answered: what is known stays
    if (first.partitions.length === 0) {
      const reason = first.unknown.find(
        ({ subject }) => subject === 'configuration' || subject === 'partitions',
      )?.reason;
      throw new AppError('SLURM_UNAVAILABLE', {
        details: reason === undefined ? { stderr: stderr.slice(0, 2000) } : { reason },
      });
    }
    halfKnown.add(clusterId);
    const isAsked = ({ subject }: Unknown): boolean => FROM_ACCOUNTING.some((one) => one === subject);
    part({
      ...first,
      scratch: first.scratch ?? known?.scratch ?? null,
      unknown: first.unknown.filter((unknown) => !isAsked(unknown)),
      asking: [...FROM_ACCOUNTING, ...QUOTAS],
    });
    let ofAccounting: string;
    try {
      ({ stdout: ofAccounting } = await run(
        clusterId,
        accountingFactsScript(first.clusterName),
        ACCOUNTING_FACTS_PROGRAMS,
        signal,
      ));
    } catch (error) {
      part({ ...first, asking: [] });
      throw error;
    }
    const whole = facts(`${ofController}\n${ofAccounting}`);
    halfKnown.delete(clusterId);
    return { ...whole, asking: [...QUOTAS] };
  }

  async function askQuotas(clusterId: ClusterId): Promise<void> {
    const { quotaCommand } = sessions.profile(clusterId);
    const scratch = sessions.knownFacts(clusterId)?.scratch ?? null;
    const { stdout } = await sessions.runSlurm(clusterId, quotaScript({ quotaCommand, scratch }), {
      timeoutMs: 90_000,
      purpose: 'facts',
      programs: [],
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
        asking: stillAsked(facts),
      });
  }

  const cache = new CachedAnswer<ClusterFacts>(
    ports.clock,
    { get: (clusterId) => sessions.knownFacts(clusterId), set: keep },
    {
      takenAt: ({ takenAt }) => takenAt,
      freshMs: (clusterId, { asking = [] }) => {
        // a program that ended while it asked left half of it
        const isWhole = asking.every((subject) => subject === 'quota') && !halfKnown.has(clusterId);
        return isWhole ? FRESH_MS : 0;
      },
      ask,
      // by itself: a file server that hangs must not keep the accounts from the page. What goes wrong here leaves the quotas as they were
      onAnswer: (clusterId) =>
        void askQuotas(clusterId).catch(() => {
          const told = sessions.knownFacts(clusterId);
          if (told !== null) keep(clusterId, { ...told, asking: stillAsked(told) });
        }),
    },
  );

  return {
    noteAccounting: (clusterId, failure) => {
      if (failure === null) accounting.delete(clusterId);
      else accounting.set(clusterId, { subject: 'ends', reason: accountingReason(failure), since: failure.since });
      const facts = sessions.knownFacts(clusterId);
      if (facts !== null) keep(clusterId, facts);
    },
    take: (clusterId, refresh, signal) => {
      sessions.profile(clusterId);
      return cache.take(clusterId, { refresh, signal });
    },
    forget: (clusterId) => {
      cache.forget(clusterId);
      accounting.delete(clusterId);
      halfKnown.delete(clusterId);
    },
  };
}

/** What is asked for when the quotas have been answered: another round may have begun meanwhile. */
const stillAsked = ({ asking = [] }: ClusterFacts): Unknown['subject'][] =>
  asking.filter((subject) => subject !== 'quota');

function accountingReason({ kind, said }: { kind: 'absent' | 'silent'; said: string }): Message {
  return message(kind === 'absent' ? 'facts.endsAbsent' : 'facts.endsSilent', { said: quoted(said) });
}
