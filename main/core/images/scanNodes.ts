import type { ClusterId } from '../../../shared/domain/ids.ts';
import type { NodeScan, UnreadableFolder } from '../../../shared/domain/image/schema.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { message, quoted, type Message } from '../../../shared/messages/message.ts';
import {
  HEAD_BYTES,
  NODE_CLEANUP_PROGRAMS,
  NODE_JOB_PROGRAMS,
  NODE_LOOK_PROGRAMS,
  NODE_PROBE_PROGRAMS,
  nodeJobCleanupScript,
  nodeJobLookScript,
  nodeProbeScript,
  nodeProgram,
  onNodeByJob,
  onNodeBySsh,
  parseNodeAnswer,
  parseNodeJobLook,
  parseNodeProbe,
  type NodeAnswer,
} from '../../slurm/imageNodes.ts';
import { ANSWER_BOUNDS } from '../answerBounds.ts';
import type { CorePorts } from '../ports.ts';
import type { ClusterSessions } from '../services.ts';
import type { FoundImage } from './findImages.ts';
import { readFound } from './readFound.ts';
import { unpackHead } from './unpackHead.ts';

/** Between two looks for the answer of a job, in milliseconds; and so long a job may wait in the queue before it is given up. */
const LOOK_MS = 3000;
const LONGEST_WAIT_MS = 10 * 60_000;
/** Looks without the job in the queue and without its answer: a shared file system may show it late. */
const LOOKS_AFTER_END = 4;
/** For the program on a node, and for submitting. */
const LONGEST_RUN_MS = 120_000;

/** A look at a compute node as it was shown to the person: exactly this is run. */
export interface PlannedNodeScan extends NodeScan {
  readonly nonce: string;
}

type Ports = Pick<CorePorts, 'store' | 'clock' | 'randomId'>;
type Sessions = Pick<ClusterSessions, 'runSlurm' | 'profile'>;

/** Says what would be run for each partition that the profile names: by ssh from the login node where that asks nothing, else by one short job. */
export async function planNodeScans(
  ports: Ports,
  sessions: Sessions,
  clusterId: ClusterId,
  signal: AbortSignal,
): Promise<PlannedNodeScan[]> {
  const plans: PlannedNodeScan[] = [];
  for (const { partition, folders } of sessions.profile(clusterId).imageNodes) {
    const nonce = ports.randomId(12);
    const { stdout } = await sessions.runSlurm(clusterId, nodeProbeScript(partition, nonce), {
      signal,
      purpose: 'files',
      programs: NODE_PROBE_PROGRAMS,
      answer: ANSWER_BOUNDS.test,
      repeatable: true,
    });
    const probe = parseNodeProbe(stdout, nonce);
    const program = nodeProgram(folders);
    plans.push(
      probe?.ssh === true && probe.node !== null
        ? { partition, folders, node: probe.node, via: 'ssh', command: onNodeBySsh(probe.node, program), nonce }
        : { partition, folders, node: null, via: 'job', command: onNodeByJob(partition, program, nonce), nonce },
    );
  }
  return plans;
}

/**
 * Runs what was planned for one partition and keeps the images that are there, by node. A job is cancelled, and what it wrote removed, however this
 * ends. IMAGE_NODE_NOT_SCANNED with the reason, and what `runSlurm` says.
 */
export async function scanNode(
  ports: Ports,
  sessions: Sessions,
  clusterId: ClusterId,
  plan: PlannedNodeScan,
  options: { readonly signal: AbortSignal; readonly onBug: (error: unknown, path: string) => void },
): Promise<void> {
  const { signal } = options;
  const failed = (reason: Message): AppError =>
    new AppError('IMAGE_NODE_NOT_SCANNED', { details: { name: plan.partition, reason } });
  const run = async (
    script: string,
    programs: readonly string[],
    until = signal,
  ): Promise<{ exitCode: number | null; stdout: string; stderr: string }> =>
    sessions.runSlurm(clusterId, script, {
      signal: until,
      timeoutMs: LONGEST_RUN_MS,
      purpose: 'files',
      programs,
      answer: ANSWER_BOUNDS.imageNode,
    });

  const bySsh = async (): Promise<string> => {
    const { exitCode, stdout, stderr } = await run(plan.command, []);
    if (exitCode !== 0) throw failed(quoted(stderr.trim().slice(0, 500)));
    return stdout;
  };

  const byJob = async (): Promise<string> => {
    try {
      const { exitCode, stderr } = await run(plan.command, NODE_JOB_PROGRAMS);
      if (exitCode !== 0) throw failed(quoted(stderr.trim().slice(0, 500)));
      const giveUpAt = ports.clock.now() + LONGEST_WAIT_MS;
      let state = '';
      for (let missed = 0; missed < LOOKS_AFTER_END;) {
        await ports.clock.sleep(LOOK_MS, signal);
        const { stdout } = await run(nodeJobLookScript(plan.nonce), NODE_LOOK_PROGRAMS);
        const said = parseNodeJobLook(stdout, plan.nonce);
        if (said === null) return stdout;
        missed = said === '' ? missed + 1 : 0;
        state = said === '' ? state : said;
        if (ports.clock.now() > giveUpAt) throw failed(message('images.nodeJobWaits', { state }));
      }
      throw failed(message('images.nodeJobGone'));
    } finally {
      // also when it was given up: whoever asked does not wait for it, and nothing may be left
      await run(nodeJobCleanupScript(plan.nonce), NODE_CLEANUP_PROGRAMS, new AbortController().signal).catch(
        () => undefined,
      );
    }
  };

  const answer = parseNodeAnswer(await (plan.via === 'ssh' ? bySsh() : byJob()));
  if (answer === null) throw failed(message('images.nodeAnswerCut'));
  await keep(ports, clusterId, plan, answer, options);
}

async function keep(
  { store, clock }: Ports,
  clusterId: ClusterId,
  { partition, folders }: NodeScan,
  { node, folders: seen, images, more }: NodeAnswer,
  { signal, onBug }: { readonly signal: AbortSignal; readonly onBug: (error: unknown, path: string) => void },
): Promise<void> {
  for (const [index, folder] of folders.entries()) {
    const there = seen.get(index);
    const path = typeof there === 'object' ? there.path : folder;
    const heads = new Map(images.filter((each) => each.folder === index).map((each) => [each.path, each]));
    const found: FoundImage[] = [...heads.values()].map((each) => ({
      name: each.path.slice(each.path.lastIndexOf('/') + 1),
      path: each.path,
      sandbox: false,
      size: each.size,
      modifiedAt: each.modifiedAt,
    }));
    const read = async (of: string, offset: number, length: number): Promise<Uint8Array> => {
      const head = await unpackHead(heads.get(of)?.head ?? '', HEAD_BYTES);
      // what lies behind is not there to be read; a file that ends here says so itself
      if (offset >= head.length && offset < (heads.get(of)?.size ?? 0))
        throw new AppError('IMAGE_TOO_MUCH', { details: { reason: message('images.onlyBeginning') } });
      return new Uint8Array(head.subarray(offset, offset + length));
    };
    const files = {
      list: () => Promise.resolve([]),
      read,
      readMany: (pieces: readonly { path: string; offset: number; length: number }[]) =>
        Promise.all(pieces.map((piece) => read(piece.path, piece.offset, piece.length).catch(() => null))),
    };
    const known = store.images.filesOf(clusterId, node, path);
    const where = { folder: path, node, partition, at: clock.now() };
    for await (const batch of readFound(files, found, { where, signal, onBug, insideFileSystem: false }))
      store.images.recordRead(clusterId, batch.reader, batch.images);
    const missing = [...known.keys()].filter((each) => !heads.has(each) && known.get(each)?.active === true);
    const isWhole = there !== undefined && there !== 'denied' && !more.has(index);
    store.images.recordFolder(
      clusterId,
      {
        folder,
        path,
        node,
        partition,
        scannedAt: clock.now(),
        found: found.length,
        unreadable: reasonsOf(folder, node, there, more.has(index)),
      },
      { gone: isWhole ? missing : [], unseen: isWhole ? [] : missing, back: [], links: new Map() },
    );
  }
}

function reasonsOf(
  folder: string,
  node: string,
  there: { readonly path: string } | 'missing' | 'denied' | undefined,
  hasMore: boolean,
): UnreadableFolder[] {
  const reason =
    there === 'missing'
      ? message('system.ENOENT')
      : there === 'denied' || there === undefined
        ? message('system.EACCES')
        : hasMore
          ? message('images.holdsMore', { folder })
          : null;
  return reason === null ? [] : [{ folder, node, reason }];
}
