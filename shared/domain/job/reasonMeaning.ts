/** What Slurm’s reasons and ends mean to a person: the one table for window, command line and API. Pure. */
import { message, quoted, type Message, type MessageId } from '../../messages/message.ts';
import type { CancelledBy } from './cancelledBy.ts';
import type { CauseCode, LikelyCause } from './endCause.ts';
import { lostReason, type LostReason } from './lostReason.ts';
import { LOST } from './rules.ts';
import { stateGroup } from './state.ts';
import { awaitedJobs, waitingReason, type LimitedThing, type WaitCode, type WaitingReason } from './waitingReason.ts';

type LimitCode = Extract<WaitCode, `limit${string}`>;

const WAITING = {
  priority: 'waiting.priority',
  resources: 'waiting.resources',
  dependency: 'waiting.dependency',
  dependencyNever: 'waiting.dependencyNever',
  partitionNodes: 'waiting.partitionNodes',
  partitionTime: 'waiting.partitionTime',
  partitionDown: 'waiting.partitionDown',
  partitionInactive: 'waiting.partitionInactive',
  partitionConfig: 'waiting.partitionConfig',
  held: 'waiting.held',
  heldByAdmin: 'waiting.heldByAdmin',
  heldAfterFailure: 'waiting.heldAfterFailure',
  requeueLimit: 'waiting.requeueLimit',
  beginTime: 'waiting.beginTime',
  licenses: 'waiting.licenses',
  reservation: 'waiting.reservation',
  reservationGone: 'waiting.reservationGone',
  nodesUnavailable: 'waiting.nodesUnavailable',
  deferred: 'waiting.deferred',
  noSuchNode: 'waiting.noSuchNode',
  notNow: 'waiting.notNow',
  account: 'waiting.account',
  qos: 'waiting.qos',
  qosNotHere: 'waiting.qosNotHere',
  accountNotHere: 'waiting.accountNotHere',
  usageThreshold: 'waiting.usageThreshold',
  cleaning: 'waiting.cleaning',
  arrayLimit: 'waiting.arrayLimit',
  burstBuffer: 'waiting.burstBuffer',
  burstBufferFailed: 'waiting.burstBufferFailed',
  power: 'waiting.power',
  prolog: 'waiting.prolog',
  policy: 'waiting.policy',
  federation: 'waiting.federation',
  memoryPerLimit: 'waiting.memoryPerLimit',
  limitShared: 'waiting.limitShared',
  limitBudget: 'waiting.limitBudget',
  limitPerJob: 'waiting.limitPerJob',
  limitPerUser: 'waiting.limitPerUser',
  limitPerAccount: 'waiting.limitPerAccount',
  limitLeast: 'waiting.limitLeast',
} as const satisfies { readonly [C in WaitCode]: `waiting.${C}` };

const WHOSE = { qos: message('waiting.of.qos'), association: message('waiting.of.association') } as const;

const WHAT: { readonly [T in LimitedThing]: Message } = {
  cpu: message('waiting.what.cpu'),
  memory: message('waiting.what.memory'),
  nodes: message('waiting.what.nodes'),
  gres: message('waiting.what.gres'),
  licenses: message('waiting.what.licenses'),
  energy: message('waiting.what.energy'),
  burstBuffer: message('waiting.what.burstBuffer'),
  billing: message('waiting.what.billing'),
  time: message('waiting.what.time'),
  jobs: message('waiting.what.jobs'),
  other: message('waiting.what.other'),
};

const CANCELLED_BY = {
  you: 'ends.cancelledBy.you',
  system: 'ends.cancelledBy.system',
  other: 'ends.cancelledBy.someone',
} as const satisfies { readonly [W in CancelledBy['who']]: MessageId };

const LOST_BECAUSE: { readonly [R in LostReason]: Message } = {
  Forgotten: message('ends.lost.forgotten'),
  NoAccounting: message('ends.lost.noAccounting'),
  SilentAccounting: message('ends.lost.silentAccounting'),
};

/** Slurm’s words for ends that the state says already. */
const SAID = new Set(['None', 'NonZeroExitCode', 'RaisedSignal', 'TimeLimit', 'OutOfMemory', 'NodeDown', 'DeadLine']);

/** What a reason means. */
export interface ReasonMeaning {
  readonly said: Message;
  /** Slurm’s own word, where the sentence is ours. */
  readonly word: string | null;
}

interface Reasoned {
  readonly state: string | null;
  readonly reason: string | null;
  readonly cancelledBy?: CancelledBy | null | undefined;
}

/** Why a job waits. `dependency` is what it asked for, where that is known: the sentence names the jobs that it waits for. */
export function waitingMessage({ code, limit }: WaitingReason, dependency?: string): Message {
  if (limit !== null) return message(WAITING[code as LimitCode], { what: WHAT[limit.what], whose: WHOSE[limit.of] });
  const awaited = awaitedJobs(dependency);
  const named = { count: awaited.length, jobs: awaited.join(', ') };
  if (awaited.length > 0 && code === 'dependency') return message('waiting.dependencyOn', named);
  if (awaited.length > 0 && code === 'dependencyNever') return message('waiting.dependencyNeverOn', named);
  return message(WAITING[code as Exclude<WaitCode, LimitCode>]);
}

/** What the reason of a job or task means; null when there is none, or when it says nothing that the state does not say. */
export function reasonMeaning({ state, reason, cancelledBy }: Reasoned, dependency?: string): ReasonMeaning | null {
  if (state === 'CANCELLED' && cancelledBy != null) {
    const { who, name } = cancelledBy;
    return {
      said: who === 'other' && name !== null ? message('ends.cancelledBy.other', { name }) : message(CANCELLED_BY[who]),
      word: null,
    };
  }
  if (reason === null || reason === '' || reason === 'None') return null;
  if (stateGroup(state) === 'pending') {
    const waiting = waitingReason(reason);
    return waiting === null
      ? { said: quoted(reason), word: null }
      : { said: waitingMessage(waiting, dependency), word: waiting.word };
  }
  const lost = state === LOST ? lostReason(reason) : null;
  if (lost !== null) return { said: LOST_BECAUSE[lost], word: null };
  // a number is nobody to the reader, and 0 the person too where everything runs as root
  if (/^by \d+$/.test(reason)) return null;
  return SAID.has(reason) ? null : { said: quoted(reason), word: null };
}

/** A meaning in one sentence, with Slurm’s own word behind it where that is another. */
export function withWord({ said, word }: ReasonMeaning): Message {
  return word === null ? said : message('waiting.withWord', { said, word });
}

/** What a line of the timeline tells of Slurm’s reason; null for one that says nothing more than the state. */
export function reasonDetail(state: string, reason: string | null): Message | null {
  const meaning = reasonMeaning({ state, reason });
  return meaning === null ? null : withWord(meaning);
}

/** The causes that name nothing, and those whose sentence is another one when something is named. */
const CAUSES = {
  timeLimit: 'ends.timeLimit',
  memory: 'ends.memory',
  gpuMemory: 'ends.gpuMemory',
  nodeFail: 'ends.nodeFail',
  bootFail: 'ends.bootFail',
  deadline: 'ends.deadline',
  preempted: 'ends.preempted',
  killed: 'ends.killed',
  crash: 'ends.crash',
  commandMissing: 'ends.commandMissing',
  notExecutable: 'ends.notExecutable',
  interpreterMissing: 'ends.interpreterMissing',
  windowsLines: 'ends.windowsLines',
  wrongArchitecture: 'ends.wrongArchitecture',
  imageMissing: 'ends.imageMissing',
  quota: 'ends.quota',
  diskFull: 'ends.diskFull',
  noGpu: 'ends.noGpu',
  noNetwork: 'ends.noNetwork',
  launch: 'ends.launch',
} as const satisfies { readonly [C in CauseCode]?: `ends.${C}` };

/** The causes whose sentence is about what is named. */
const NAMED = {
  signal: 'ends.signal',
  moduleUnknown: 'ends.moduleUnknown',
  pythonModule: 'ends.pythonModule',
  libraryMissing: 'ends.libraryMissing',
  denied: 'ends.denied',
  fileMissing: 'ends.fileMissing',
  crash: 'ends.crash.named',
  commandMissing: 'ends.commandMissing.named',
  notExecutable: 'ends.notExecutable.named',
  imageMissing: 'ends.imageMissing.named',
} as const satisfies { readonly [C in CauseCode]?: `ends.${C}` | `ends.${C}.named` };

const NEXT: { readonly [C in CauseCode]: Message } = {
  timeLimit: message('ends.next.timeLimit'),
  memory: message('ends.next.memory'),
  gpuMemory: message('ends.next.gpuMemory'),
  nodeFail: message('ends.next.nodeFail'),
  bootFail: message('ends.next.bootFail'),
  deadline: message('ends.next.deadline'),
  preempted: message('ends.next.preempted'),
  killed: message('ends.next.killed'),
  signal: message('ends.next.signal'),
  crash: message('ends.next.crash'),
  commandMissing: message('ends.next.commandMissing'),
  notExecutable: message('ends.next.notExecutable'),
  interpreterMissing: message('ends.next.interpreterMissing'),
  windowsLines: message('ends.next.windowsLines'),
  wrongArchitecture: message('ends.next.wrongArchitecture'),
  moduleUnknown: message('ends.next.moduleUnknown'),
  pythonModule: message('ends.next.pythonModule'),
  libraryMissing: message('ends.next.libraryMissing'),
  imageMissing: message('ends.next.imageMissing'),
  quota: message('ends.next.quota'),
  diskFull: message('ends.next.diskFull'),
  denied: message('ends.next.denied'),
  fileMissing: message('ends.next.fileMissing'),
  noGpu: message('ends.next.noGpu'),
  noNetwork: message('ends.next.noNetwork'),
  pythonError: message('ends.next.pythonError'),
  launch: message('ends.next.launch'),
};

const hasKey = <T extends object>(table: T, key: PropertyKey): key is keyof T => Object.hasOwn(table, key);

/** What most likely ended a job, to stand behind “Cause:”, and the next step. */
export function causeMessages({ code, name }: LikelyCause): { said: Message; next: Message } {
  const next = NEXT[code];
  if (hasKey(NAMED, code) && (name !== '' || !hasKey(CAUSES, code)))
    return { said: message(NAMED[code], { name }), next };
  return { said: hasKey(CAUSES, code) ? message(CAUSES[code]) : quoted(name), next };
}
