import path from 'node:path';
import type { SshConfigNote } from '../../../shared/domain/cluster/profile.ts';
import { inWords } from '../../../shared/messages/catalogue.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
import { expandInclude, type ConfigFiles } from './files.ts';
import type { ConfigLine } from './lines.ts';
import { matchLine } from './match.ts';
import { applyOption, HostOptions } from './options.ts';
import { matchPattern } from './patterns.ts';
import { expand, expandTilde, type LocalSide } from './tokens.ts';

/** As deep as ssh goes (READCONF_MAX_DEPTH). */
const MAX_DEPTH = 16;

/** Lines that one evaluation looks at, so that files which include each other many times over end. */
const MAX_LINES = 50_000;

export interface ConfigSources {
  readonly files: ConfigFiles;
  /** In the order in which they are read; what an Include of theirs is relative to. */
  readonly roots: readonly { file: string; includeFolder: string; isUser: boolean }[];
  readonly local: LocalSide;
  /** Lines that may still be looked at over all evaluations of this reading. */
  readonly budget: { lines: number };
}

/** What is asked for: a name, and what a person or another entry says of it beforehand. */
export interface Destination {
  readonly alias: string;
  readonly user: string | null;
  readonly port: number | null;
}

export interface Evaluation {
  readonly options: HostOptions;
  /** HostName with its tokens replaced, in lower case, as ssh has it. */
  readonly host: string;
  /** Lines that apply to this name, or could, and are not taken over. */
  readonly notes: readonly SshConfigNote[];
}

/** Notes in the order of their coming, each line once. */
export class Notes {
  readonly #byPlace = new Map<string, SshConfigNote>();

  add({ file, line, text }: Pick<ConfigLine, 'file' | 'line' | 'text'>, reason: Message): void {
    const place = `${file}\0${String(line)}\0${inWords(reason)}`;
    if (!this.#byPlace.has(place)) this.#byPlace.set(place, { file, line, text, reason });
  }

  addAll(notes: readonly SshConfigNote[]): void {
    for (const note of notes) this.add(note, note.reason);
  }

  get all(): SshConfigNote[] {
    return [...this.#byPlace.values()];
  }
}

/** Addresses, also those with a zone behind `%`, keep their form; names do not tell capitals from small letters. Source: is_addr_fast() of ssh.c. */
function lowerName(host: string): string {
  return /[:%]/.test(host) ? host : host.toLowerCase();
}

class Reading {
  readonly options = new HostOptions();
  readonly notes = new Notes();
  readonly #sources: ConfigSources;
  readonly #alias: string;
  #host: string;
  #isFinal = false;
  #wantsFinal = false;
  #linesLeft = MAX_LINES;

  constructor(sources: ConfigSources, destination: Destination) {
    this.#sources = sources;
    this.#alias = destination.alias;
    this.#host = destination.alias;
    // as options of ssh's command line: what is said first wins
    this.options.user = destination.user;
    this.options.port = destination.port;
  }

  async all(): Promise<Evaluation> {
    await this.#pass();
    this.#host = lowerName(this.#hostSoFar());
    if (this.#wantsFinal) {
      this.#isFinal = true;
      this.options.hostName = this.#host.replaceAll('%', '%%');
      await this.#pass();
    }
    return { options: this.options, host: this.#host, notes: this.notes.all };
  }

  async #pass(): Promise<void> {
    for (const root of this.#sources.roots) {
      await this.#file(root.file, root, true, []);
    }
  }

  /** HostName knows only `%h`, the name that was asked for. */
  #hostSoFar(): string {
    const { hostName } = this.options;
    if (hostName === null) return this.#host;
    const expanded = expand(hostName, { h: this.#host });
    return 'value' in expanded ? expanded.value : hostName;
  }

  /** `enclosing`: the files that this one is included from. */
  async #file(
    file: string,
    root: ConfigSources['roots'][number],
    applies: boolean,
    enclosing: readonly string[],
  ): Promise<void> {
    const content = await this.#sources.files.load(file);
    if (content === null) return;
    for (const line of content.tooLong) this.notes.add({ file, line, text: '' }, message('sshConfig.tooLong'));
    let active = applies;
    for (const line of content.lines) {
      this.#linesLeft -= 1;
      this.#sources.budget.lines -= 1;
      if (this.#linesLeft < 0 || this.#sources.budget.lines < 0) {
        this.notes.add(line, message('sshConfig.tooManyIncludes'));
        return;
      }
      if (line.keyword === 'host') active = applies && this.#hostLine(line);
      else if (line.keyword === 'match') active = this.#matchLine(line) && applies;
      else if (line.keyword === 'include') await this.#include(line, root, active, [...enclosing, file]);
      else if (active) {
        const reason = applyOption(this.options, line);
        // what a distribution sets for everybody is not what a person wants to read about
        if (reason !== null && root.isUser) this.notes.add(line, reason);
      }
    }
  }

  #hostLine(line: ConfigLine): boolean {
    if (line.args === null || line.args.length === 0) {
      this.notes.add(line, message('sshConfig.noHost'));
      return false;
    }
    let matches = false;
    for (const word of line.args) {
      const negated = word.startsWith('!');
      if (!matchPattern(negated ? word.slice(1) : word, this.#host)) continue;
      if (negated) return false;
      matches = true;
    }
    return matches;
  }

  #matchLine(line: ConfigLine): boolean {
    const { local } = this.#sources;
    const verdict = matchLine(line, {
      host: this.#isFinal ? this.#host : this.#hostSoFar(),
      originalHost: this.#alias,
      user: this.options.user ?? local.userName,
      localUser: local.userName,
      tag: this.options.tag ?? '',
      isFinal: this.#isFinal,
    });
    if (verdict.note !== null) this.notes.add(line, verdict.note);
    this.#wantsFinal ||= verdict.wantsFinal;
    return verdict.matches;
  }

  async #include(
    line: ConfigLine,
    root: ConfigSources['roots'][number],
    active: boolean,
    enclosing: readonly string[],
  ): Promise<void> {
    for (const word of line.args ?? []) {
      const pattern = this.#includePath(word, root);
      if ('reason' in pattern) {
        this.notes.add(line, pattern.reason);
        continue;
      }
      for (const file of await expandInclude(pattern.value)) {
        if (enclosing.includes(file)) this.notes.add(line, message('sshConfig.includeCircle', { file }));
        else if (enclosing.length > MAX_DEPTH)
          this.notes.add(line, message('sshConfig.includeTooDeep', { count: MAX_DEPTH }));
        else await this.#file(file, root, active, enclosing);
      }
    }
  }

  /** Newer releases of ssh replace tokens and variables here too. */
  #includePath(
    word: string,
    { includeFolder, isUser }: ConfigSources['roots'][number],
  ): { value: string } | { reason: Message } {
    const { local } = this.#sources;
    if (!isUser && word.startsWith('~')) return { reason: message('sshConfig.systemHomeFile') };
    const shortName = local.hostName.split('.')[0] ?? local.hostName;
    const tokens = {
      d: local.home,
      h: this.#hostSoFar(),
      i: local.uid,
      L: shortName,
      l: local.hostName,
      n: this.#alias,
      r: this.options.user ?? local.userName,
      u: local.userName,
    };
    const expanded = expand(word, tokens, local.environment);
    if ('reason' in expanded) return expanded;
    const anchored = expandTilde(expanded.value, local.home);
    return { value: path.isAbsolute(anchored) ? anchored : path.join(includeFolder, anchored) };
  }
}

/**
 * What the configuration says for a name, as `ssh -G` would. The first value of an option wins; `Match exec` counts as not matching and
 * nothing is run. SSH_CONFIG_UNREADABLE.
 */
export async function evaluate(sources: ConfigSources, destination: Destination): Promise<Evaluation> {
  return new Reading(sources, destination).all();
}
