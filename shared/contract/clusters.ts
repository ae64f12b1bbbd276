import { z } from 'zod';
import {
  ClusterFacts,
  ClusterUsage,
  ClusterModules,
  ClusterProfile,
  ClusterView,
  CommandCount,
  ConnectionPrompt,
  ConnectionState,
  ConnectionTestStep,
  SshConfigNote,
  SshHost,
} from '../domain/cluster/profile.ts';
import { FieldText, list, Name } from '../domain/bounds/schemas.ts';
import { ClusterId } from '../domain/ids.ts';
import { operation } from './operation.ts';

const ById = z.object({ clusterId: ClusterId });

export const clusterOperations = {
  'clusters.list': operation(
    'All cluster profiles with the state of their connections.',
    z.object({}),
    z.array(ClusterView),
  ),
  'clusters.save': operation(
    'Add a cluster profile, or change the one with this id.',
    z.object({ profile: ClusterProfile }),
    ClusterView,
  ),
  'clusters.remove': operation('Forget a cluster profile. Records of its jobs are kept.', ById, z.object({})),
  'clusters.connect': operation(
    'Open the connection, or skip the wait before the next attempt. Answers when it is ready or has failed.',
    ById,
    ConnectionState,
  ),
  'clusters.disconnect': operation('Close the connection.', ById, ConnectionState),
  'clusters.test': operation(
    'Try every step of a connection and say how each went, with the saved profile or, before it is saved, with these values. `clusters.testProgress` tells each step as it ends.',
    ById.extend({ profile: ClusterProfile.optional() }),
    z.array(ConnectionTestStep),
  ),
  'clusters.sshConfig': operation(
    'The hosts that ~/.ssh/config names, and its lines that Slipway does not take over. Nothing is run: `Match exec` least of all.',
    z.object({}),
    z.object({ files: z.array(z.string()), hosts: z.array(SshHost), notes: z.array(SshConfigNote) }),
  ),
  'clusters.fromSshConfig': operation(
    'A profile as ssh would connect to this name, for the person to look at; nothing is saved. Any name can be asked for, since wildcard entries may fit it.',
    z.object({ alias: z.string().min(1).max(255) }),
    z.object({ profile: ClusterProfile, notes: z.array(SshConfigNote) }),
  ),
  'clusters.forgetHostKey': operation(
    'Remove the keys of a server of this cluster from known_hosts, except those with another fingerprint: what a person does on purpose after a changed key. A copy of each changed file is kept as `.old`.',
    ById.extend({
      host: z.string().min(1).max(255),
      port: z.int().min(1).max(65_535),
      fingerprint: Name.startsWith('SHA256:'),
    }),
    z.object({ removed: z.int(), files: z.array(z.string()) }),
  ),
  'clusters.forgetSecrets': operation(
    'Remove the passwords and passphrases of a cluster from the keychain and from memory.',
    ById,
    z.object({}),
  ),
  'clusters.facts': operation(
    'Partitions, limits and accounts of a cluster, from the cache unless `refresh`.',
    ById.extend({ refresh: z.boolean().default(false) }),
    ClusterFacts,
  ),
  'clusters.usage': operation(
    'What happens on a cluster now: use of its partitions, and the user’s own jobs. At most 30 s old, or as old as the site’s least interval between polls if that is longer.',
    ById,
    ClusterUsage,
  ),
  'clusters.modules': operation(
    'Software modules of a cluster, from the cache unless `refresh`.',
    ById.extend({ refresh: z.boolean().default(false) }),
    ClusterModules,
  ),
  'clusters.commands': operation(
    'What Slipway ran on a cluster within the last hour, by program and purpose, and the latest commands one by one, newest first.',
    ById,
    z.object({
      /** Epoch ms: an hour ago, or the start of the program. */
      since: z.number(),
      counts: z.array(CommandCount),
      latest: z.array(z.object({ at: z.number(), program: z.string(), purpose: z.string(), elapsed: z.number() })),
    }),
  ),
  'clusters.prompts': operation(
    'Questions of connection attempts that wait for an answer.',
    z.object({}),
    z.array(ConnectionPrompt),
  ),
  'clusters.answer': operation(
    'Answer a question: `accept` with its fingerprint for a host key, `answers` for secrets in the order of its fields; `cancel` ends the attempt.',
    z.object({
      promptId: Name,
      answer: z.discriminatedUnion('kind', [
        // the fingerprint that was shown: another key is not accepted by it
        z.object({ kind: z.literal('accept'), fingerprint: Name }),
        // `remember` keeps a password or passphrase in the system's keychain; without it, it is held until the session ends
        z.object({ kind: z.literal('answers'), values: list(FieldText), remember: z.boolean().default(false) }),
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
  'clusters.testProgress': z.object({ clusterId: ClusterId, steps: z.array(ConnectionTestStep) }),
  /** Each time more is known: partitions come before accounts, and these before quotas (`facts.asking`). */
  'clusters.facts': z.object({ clusterId: ClusterId, facts: ClusterFacts }),
  'clusters.usage': z.object({ clusterId: ClusterId, usage: ClusterUsage }),
  'clusters.promptClosed': z.object({ promptId: z.string() }),
} as const;
