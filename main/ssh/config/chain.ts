import type { JumpHost, SshConfigNote } from '../../../shared/domain/cluster/profile.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
import { evaluate, Notes, type ConfigSources, type Destination, type Evaluation } from './evaluate.ts';
import { jumpsOfCommand, jumpsWithTokens, type JumpSpec } from './jumps.ts';
import { authFromConfig, type WayIn } from './authFromConfig.ts';
import { connectionTokens, proxyTokens, type RemoteSide } from './tokens.ts';

/** As many as a profile holds. */
const MAX_HOPS = 8;

/** A server as the configuration describes it, with the servers before it. */
export interface Resolved {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly way: WayIn;
  /** From here to there. */
  readonly jump: readonly JumpHost[];
  readonly notes: readonly SshConfigNote[];
}

/** The hops that a configuration names for a server, before they are looked up themselves. */
function namedJumps({ options }: Evaluation, remote: RemoteSide, notes: Notes): readonly JumpSpec[] {
  const { proxyJump, proxyJumpText, proxyJumpLine, proxyCommand } = options;
  const tokens = proxyTokens(remote);
  if (proxyJump !== null && proxyJump !== 'none') {
    const jumps = proxyJumpText.includes('%') ? jumpsWithTokens(proxyJumpText, tokens) : proxyJump;
    if (jumps === null && proxyJumpLine !== null) notes.add(proxyJumpLine, message('sshConfig.jumpToken'));
    return jumps ?? [];
  }
  if (proxyCommand === null || proxyCommand.text.toLowerCase() === 'none') return [];
  const jumps = jumpsOfCommand(proxyCommand.text, tokens);
  if (jumps !== null) return jumps;
  notes.add(proxyCommand.line, message('sshConfig.proxyCommand'));
  return [];
}

function lastJump({ options: { proxyJump } }: Evaluation): string {
  return proxyJump === null || proxyJump === 'none' ? '' : (proxyJump.at(-1)?.host ?? '');
}

async function resolveChain(
  sources: ConfigSources,
  destination: Destination,
  enclosing: readonly string[],
): Promise<Resolved> {
  const evaluation = await evaluate(sources, destination);
  const { options, host } = evaluation;
  const notes = new Notes();
  notes.addAll(evaluation.notes);
  const port = options.port ?? 22;
  const user = options.user ?? sources.local.userName;
  const remote: RemoteSide = {
    alias: destination.alias,
    host,
    port,
    user,
    hostKeyAlias: options.hostKeyAlias,
    jump: lastJump(evaluation),
  };
  const way = await authFromConfig(options, connectionTokens(sources.local, remote), sources.local, notes);
  const jump: JumpHost[] = [];
  for (const [index, spec] of namedJumps(evaluation, remote, notes).entries()) {
    const name = JSON.stringify(spec);
    if (enclosing.includes(name)) {
      addAt(evaluation, notes, message('sshConfig.jumpCircle', { host: spec.host }));
      break;
    }
    const hop = await resolveChain(sources, { alias: spec.host, user: spec.user, port: spec.port }, [
      ...enclosing,
      name,
    ]);
    notes.addAll(hop.notes);
    // ssh looks at the own ProxyJump of the first hop only: the others are told theirs
    if (index === 0) jump.push(...hop.jump);
    jump.push({ host: hop.host, port: hop.port, user: hop.user, auth: [...hop.way.auth] });
    if (hop.way.hasOwnHostKeys) addAt(evaluation, notes, message('sshConfig.hopHostKeys', { host: spec.host }));
  }
  if (jump.length > MAX_HOPS) addAt(evaluation, notes, message('sshConfig.tooManyHops', { count: MAX_HOPS }));
  return { host, port, user, way, jump: jump.slice(-MAX_HOPS), notes: notes.all };
}

/** A note at the line that names the jump hosts. */
function addAt({ options }: Evaluation, notes: Notes, reason: Message): void {
  const line = options.proxyJumpLine ?? options.proxyCommand?.line ?? null;
  if (line !== null) notes.add(line, reason);
}

/**
 * A server with all its hops, each looked up in the configuration as `ssh` does when it starts itself for a hop. Circles end with a
 * note. SSH_CONFIG_UNREADABLE.
 */
export async function resolveServer(sources: ConfigSources, destination: Destination): Promise<Resolved> {
  return resolveChain(sources, destination, []);
}
