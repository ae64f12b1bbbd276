import { createHash } from 'node:crypto';
import path from 'node:path';
import { message, type Message } from '../../../shared/messages/message.ts';

/** This computer and its user, as far as a configuration can refer to them. */
export interface LocalSide {
  readonly home: string;
  readonly userName: string;
  /** Numeric; `0` where the system has none. */
  readonly uid: string;
  readonly hostName: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What is known of the connection when its paths are expanded. */
export interface RemoteSide {
  /** The name that was asked for. */
  readonly alias: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias: string | null;
  /** The last host that ProxyJump names, or empty. */
  readonly jump: string;
}

export type Tokens = Readonly<Record<string, string>>;

/** The tokens that files and sockets may hold. Source: ssh_config(5), TOKENS. */
export function connectionTokens(local: LocalSide, remote: RemoteSide): Tokens {
  const { hostName, home, userName, uid } = local;
  const port = String(remote.port);
  return {
    // the parts of %C without anything between them, as ssh_connection_hash() has it
    C: createHash('sha1').update(`${hostName}${remote.host}${port}${remote.user}${remote.jump}`).digest('hex'),
    d: home,
    h: remote.host,
    i: uid,
    j: remote.jump,
    k: remote.hostKeyAlias ?? remote.alias,
    L: hostName.split('.')[0] ?? hostName,
    l: hostName,
    n: remote.alias,
    p: port,
    r: remote.user,
    u: userName,
  };
}

/** The tokens that ProxyCommand and ProxyJump may hold. Source: ssh_config(5), TOKENS; expand_proxy_command() of sshconnect.c. */
export function proxyTokens({ alias, host, port, user, hostKeyAlias }: Omit<RemoteSide, 'jump'>): Tokens {
  return { h: host, k: hostKeyAlias ?? alias, n: alias, p: String(port), r: user };
}

/** Replaces `%x` and `%%`; with an environment also `${NAME}`. `reason` says why it cannot be done. */
export function expand(
  text: string,
  tokens: Tokens,
  environment?: LocalSide['environment'],
): { value: string } | { reason: Message } {
  let value = '';
  for (let at = 0; at < text.length; at += 1) {
    const c = text.charAt(at);
    if (environment !== undefined && c === '$' && text.charAt(at + 1) === '{') {
      const close = text.indexOf('}', at);
      const name = close < 0 ? '' : text.slice(at + 2, close);
      if (name === '') return { reason: message('sshConfig.variableIncomplete') };
      const known = environment[name];
      if (known === undefined) return { reason: message('sshConfig.variableMissing', { name }) };
      value += known;
      at = close;
    } else if (c === '%') {
      at += 1;
      const token = text.charAt(at);
      const known = token === '%' ? '%' : tokens[token];
      if (known === undefined) return { reason: message('sshConfig.tokenUnknown', { token }) };
      value += known;
    } else value += c;
  }
  return { value };
}

/** `~` and `~/x`; the home of another user is not looked up. */
export function expandTilde(file: string, home: string): string {
  return file === '~' || file.startsWith('~/') || file.startsWith('~\\') ? path.join(home, file.slice(1)) : file;
}
