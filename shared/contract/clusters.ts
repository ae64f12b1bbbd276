import { z } from 'zod';
import { ClusterFacts, ClusterProfile, ClusterView, ConnectionPrompt, ConnectionState, ConnectionTestStep } from '../domain/cluster.ts';
import { ClusterId } from '../domain/ids.ts';
import { operation } from './operation.ts';

const ById = z.object({ clusterId: ClusterId });

export const clusterOperations = {
  'clusters.list': operation('All cluster profiles with the state of their connections.', z.object({}), z.array(ClusterView)),
  'clusters.save': operation('Add a cluster profile, or change the one with this id.', z.object({ profile: ClusterProfile }), ClusterView),
  'clusters.remove': operation('Forget a cluster profile. Records of its jobs are kept.', ById, z.object({})),
  'clusters.connect': operation('Open the connection, or skip the wait before the next attempt. Answers when it is ready or has failed.', ById, ConnectionState),
  'clusters.disconnect': operation('Close the connection.', ById, ConnectionState),
  'clusters.test': operation('Try every step of a connection and say how each went.', ById, z.array(ConnectionTestStep)),
  'clusters.facts': operation('Partitions, limits and accounts of a cluster, from the cache unless `refresh`.', ById.extend({ refresh: z.boolean().default(false) }), ClusterFacts),
  'clusters.prompts': operation('Questions of connection attempts that wait for an answer.', z.object({}), z.array(ConnectionPrompt)),
  'clusters.answer': operation(
    'Answer a question: `accept` for a host key, `answers` for secrets in the order of its fields; `cancel` ends the attempt.',
    z.object({
      promptId: z.string(),
      answer: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('accept') }),
        // `remember` keeps a password or passphrase in the system's keychain; without it, it is held until the session ends
        z.object({ kind: z.literal('answers'), values: z.array(z.string()), remember: z.boolean().default(false) }),
        z.object({ kind: z.literal('cancel') }),
      ]),
    }),
    z.object({}),
  ),
} as const;

export const clusterEvents = {
  'clusters.changed': z.object({}),
  'clusters.connection': z.object({ clusterId: ClusterId, connection: ConnectionState }),
  'clusters.prompt': ConnectionPrompt,
  'clusters.promptClosed': z.object({ promptId: z.string() }),
} as const;
