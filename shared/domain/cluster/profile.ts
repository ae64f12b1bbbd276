import { z } from 'zod';
import { Line, list, Name } from '../bounds/schemas.ts';
import { DEFAULT_IMAGE_FOLDERS, DEFAULT_RUN_ROOT } from './defaults.ts';
import { CostRates } from '../cost/schema.ts';
import { ClusterId } from '../ids.ts';
import { ErrorRecord } from '../../errors/errorRecord.ts';
import { MessageSchema } from '../../messages/schema.ts';

export { DEFAULT_IMAGE_FOLDERS } from './defaults.ts';
export * from './facts.ts';

/** Keys, agents and passwords to try on one server: more than servers allow attempts. */
const MAX_WAYS_IN = 100;
/** Folders that are looked through in one round trip. */
const MAX_FOLDERS = 100;
/** Partitions whose nodes are looked at for images: each may be a job. */
const MAX_IMAGE_NODES = 20;

/** Ways to log in, in the order in which they are tried. Secrets are never part of a profile. */
export const AuthMethod = z.discriminatedUnion('kind', [
  // `only`: paths of keys; the agent is asked for no others (IdentitiesOnly). Empty: all that it holds
  z.object({ kind: z.literal('agent'), socket: Line.nullable(), only: list(Line.min(1)).default([]) }),
  // without `certificate`, `<path>-cert.pub` is used where it is there, as ssh does
  z.object({ kind: z.literal('key'), path: Line.min(1), certificate: Line.min(1).nullable().default(null) }),
  z.object({ kind: z.literal('password') }),
  z.object({ kind: z.literal('keyboard-interactive') }),
]);
export type AuthMethod = z.infer<typeof AuthMethod>;

/** A server that the connection goes through (ProxyJump). Without `auth` it is logged in to by the profile's own ways. */
export const JumpHost = z.object({
  host: z.string().min(1).max(255),
  port: z.int().min(1).max(65_535).default(22),
  user: z.string().min(1).max(64),
  auth: list(AuthMethod, MAX_WAYS_IN).min(1).nullable().default(null),
});
export type JumpHost = z.infer<typeof JumpHost>;

/** Where host keys are looked up and kept. */
export const HostKeyRules = z.object({
  /** UserKnownHostsFile; `null`: the user's own file. New keys go to the first. */
  files: list(Line.min(1), MAX_FOLDERS).min(1).nullable().default(null),
  /** HashKnownHosts: a new entry hides the host's name. */
  hash: z.boolean().default(false),
  /** HostKeyAlias: the name under which the key is filed, without a port. */
  alias: Name.min(1).nullable().default(null),
});
export type HostKeyRules = z.infer<typeof HostKeyRules>;

export const ClusterProfile = z.object({
  id: ClusterId,
  name: z.string().min(1).max(80),
  /** The built-in demo cluster fills in host, port and key at each start. */
  kind: z.enum(['ssh', 'demo']),
  host: z.string().min(1).max(255),
  port: z.int().min(1).max(65_535),
  user: z.string().min(1).max(64),
  auth: list(AuthMethod, MAX_WAYS_IN).min(1),
  /** From here to there: the first one is dialled, the cluster is reached from the last. */
  jump: z.array(JumpHost).max(8).default([]),
  hostKeys: HostKeyRules.default({ files: null, hash: false, alias: null }),
  /** The name in ~/.ssh/config that the profile was made from. */
  importedFrom: Name.nullable().default(null),
  /** Folder of run folders on the cluster; `~` is the home folder. */
  runRoot: Line.min(1).default(DEFAULT_RUN_ROOT),
  /** Others of the person's group may read run folders: 0750 instead of 0700. */
  groupMayRead: z.boolean().default(false),
  imageFolders: list(Line, MAX_FOLDERS).default(DEFAULT_IMAGE_FOLDERS),
  /** Partitions on whose compute nodes images are looked for too, and in which folders: on demand only, and nothing is run before it was shown. */
  imageNodes: list(
    z.object({ partition: Name.min(1), folders: list(Line.min(1), MAX_FOLDERS).min(1) }),
    MAX_IMAGE_NODES,
  ).default([]),
  /** Folder of sbatch when it is not on the PATH. */
  slurmBin: Line.nullable().default(null),
  /** The site's command that prints quotas; `null`: the usual ones are tried. It is run as it stands, in the login's shell environment. */
  quotaCommand: z.string().min(1).max(1000).nullable().default(null),
  /** Folder on the cluster with templates for everyone; `~` is the home folder. `null`: none. */
  communityFolder: z.string().min(1).max(1000).nullable().default(null),
  /** What an hour costs at this site; `null`: nobody has set it, and no price is shown. */
  rates: CostRates.nullable().default(null),
  /** Least seconds between two polls, as the site asks. */
  pollSeconds: z.int().min(2).max(3600).default(5),
  /** Largest input file, in bytes, that the site accepts. */
  maxFileSize: z
    .number()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER)
    .default(50 * 1024 ** 3),
});
export type ClusterProfile = z.infer<typeof ClusterProfile>;

/** What the session of a cluster is doing. `since` and `until` are epoch milliseconds. */
export const ConnectionState = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('offline'), since: z.number() }),
  /** `step`: what it is at, null before the first. */
  z.object({ phase: z.literal('connecting'), since: z.number(), step: MessageSchema.nullable() }),
  z.object({ phase: z.literal('asking'), since: z.number(), promptId: z.string() }),
  z.object({ phase: z.literal('ready'), since: z.number(), roundTripMs: z.number().nullable() }),
  // the connection is there but does not answer, or not as it should: work goes on, slowly, and it may be lost soon
  z.object({
    phase: z.literal('degraded'),
    since: z.number(),
    roundTripMs: z.number().nullable(),
    reason: MessageSchema,
  }),
  z.object({
    phase: z.literal('waiting'),
    since: z.number(),
    until: z.number(),
    attempt: z.int(),
    reason: MessageSchema,
  }),
  z.object({
    phase: z.literal('failed'),
    since: z.number(),
    error: ErrorRecord,
  }),
]);
export type ConnectionState = z.infer<typeof ConnectionState>;

export const ClusterView = z.object({ profile: ClusterProfile, connection: ConnectionState });
export type ClusterView = z.infer<typeof ClusterView>;

/** A question that a connection attempt puts to the person, with the server's own words. */
export const ConnectionPrompt = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('hostKey'),
    promptId: z.string(),
    clusterId: ClusterId,
    host: z.string(),
    port: z.int(),
    algorithm: z.string(),
    /** `SHA256:…`, as ssh prints it. */
    fingerprint: z.string(),
    /** known_hosts trusts a certificate authority for this host, but the server showed no certificate that can be checked. */
    authorityKnown: z.boolean().default(false),
  }),
  z.object({
    kind: z.literal('auth'),
    promptId: z.string(),
    clusterId: ClusterId,
    method: z.enum(['password', 'passphrase', 'keyboard-interactive']),
    /** Ours, or the server's own words as they came. */
    title: MessageSchema,
    instructions: MessageSchema.nullable(),
    fields: z.array(z.object({ label: MessageSchema, echo: z.boolean() })),
    /** Which server asks: the cluster or one of its jump hosts, as `user@host`. */
    asker: z.string(),
    /** Whether the answer may be kept in the keychain, and if not, why: one-time codes never are, and plain text storage is refused. */
    remember: z.discriminatedUnion('possible', [
      z.object({ possible: z.literal(true) }),
      z.object({ possible: z.literal(false), reason: z.enum(['one-time', 'no-keychain']) }),
    ]),
    /** Epoch ms at which the attempt gives up waiting. */
    until: z.number(),
  }),
]);
export type ConnectionPrompt = z.infer<typeof ConnectionPrompt>;

/** What an attempt to connect did, step by step, for the connection test and the log. `hop` is `user@host:port` of the server it was at. */
export const ConnectionTrace = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('resolved'), hop: z.string(), address: z.string() }),
  z.object({ kind: z.literal('connected'), hop: z.string() }),
  z.object({
    kind: z.literal('hostKey'),
    hop: z.string(),
    algorithm: z.string(),
    fingerprint: z.string(),
    verdict: z.enum(['known', 'certified', 'confirmed', 'pinned']),
  }),
  /** The ways to log in that the server names, as SSH calls them: `publickey`, `password`, `keyboard-interactive` … */
  z.object({ kind: z.literal('authOffered'), hop: z.string(), methods: z.array(z.string()) }),
  /** `what` says which key or agent identity, null where the method says it all; `outcome` what became of it. `partial`: right, but more is asked for. */
  z.object({
    kind: z.literal('authTried'),
    hop: z.string(),
    method: z.string(),
    what: MessageSchema.nullable(),
    outcome: z.enum(['accepted', 'partial', 'refused', 'skipped']),
  }),
  z.object({ kind: z.literal('loggedIn'), hop: z.string() }),
]);
export type ConnectionTrace = z.infer<typeof ConnectionTrace>;

/** One line of a connection test. */
export const ConnectionTestStep = z.object({
  step: z.enum(['name', 'tcp', 'hostKey', 'login', 'shell', 'sftp', 'slurm', 'accounting', 'runRoot', 'quota']),
  /** `warn`: it works, but something is worth knowing; `skipped`: an earlier step failed. */
  outcome: z.enum(['ok', 'warn', 'failed', 'skipped']),
  /** The jump host it is about, as `user@host:port`; `null` for the cluster itself. */
  hop: z.string().nullable(),
  /** Milliseconds. */
  elapsed: z.number(),
  /** What was found or went wrong, and the next step; null for nothing. */
  detail: MessageSchema.nullable(),
  hint: MessageSchema.nullable(),
  /** Further lines in the order in which they happened: ways to log in that were offered and tried. */
  notes: z.array(MessageSchema),
});
export type ConnectionTestStep = z.infer<typeof ConnectionTestStep>;

/** A host that ~/.ssh/config names, as ssh would connect to it. */
export const SshHost = z.object({
  alias: z.string(),
  host: z.string(),
  port: z.int(),
  user: z.string(),
  /** `user@host:port` of each hop. */
  jump: z.array(z.string()),
  /** Where the alias stands. */
  file: z.string(),
  line: z.int(),
});
export type SshHost = z.infer<typeof SshHost>;

/** A line of ~/.ssh/config, or of a file it includes, that is not taken over, and why. */
export const SshConfigNote = z.object({ file: z.string(), line: z.int(), text: z.string(), reason: MessageSchema });
export type SshConfigNote = z.infer<typeof SshConfigNote>;

/** What was run on a cluster lately, for the person and for the site. */
export const CommandCount = z.object({
  /** The program (`squeue`, `sbatch` …), or `sftp` for file operations, or `sh` for scripts that run none of Slurm's. */
  program: z.string(),
  /** Why: `poll`, `facts`, `usage`, `submit`, `log`, `files`, `login`, `test` … */
  purpose: z.string(),
  count: z.int(),
  /** Milliseconds altogether. */
  elapsed: z.number(),
  /** Epoch ms of the last one. */
  lastAt: z.number(),
});
export type CommandCount = z.infer<typeof CommandCount>;
