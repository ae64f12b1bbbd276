import type { ImageContents, ImageMetadata, UnknownPart } from '../../../shared/domain/image/metadata.ts';
import type { ImageSummary, InspectedImage } from '../../../shared/domain/image/schema.ts';
import { withInspected } from '../../../shared/domain/image/withInspected.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { message, quoted } from '../../../shared/messages/message.ts';
import { readAppsList, readInspectOutput } from '../../sif/index.ts';
import { ANSWER_BOUNDS } from '../answerBounds.ts';
import type { CorePorts, ImageKey } from '../ports.ts';
import type { ClusterSessions } from '../services.ts';
import { inspectScript, parseInspectAnswer, runtimeModules } from './inspectScript.ts';

/** Loading modules, mounting an image and a start of it by an old program: what a person still waits for. */
const LONGEST_MS = 120_000;

/**
 * Asks the cluster's own program of an image, on the login node. IMAGE_NO_RUNTIME where there is none, also after loading the modules that are called
 * so; IMAGE_NOT_INSPECTED with its words; REMOTE_GARBAGE, and what `runSlurm` says.
 */
export async function inspectImage(
  ports: Pick<CorePorts, 'clock' | 'randomId'>,
  sessions: Pick<ClusterSessions, 'runSlurm'>,
  { clusterId, path }: ImageKey,
  moduleNames: readonly string[],
  signal: AbortSignal,
): Promise<InspectedImage> {
  const nonce = ports.randomId(16);
  const modules = runtimeModules(moduleNames);
  const { stdout, stderr } = await sessions.runSlurm(clusterId, inspectScript(path, modules, nonce), {
    signal,
    timeoutMs: LONGEST_MS,
    purpose: 'files',
    programs: [],
    answer: ANSWER_BOUNDS.inspect,
    repeatable: true,
  });
  const answer = parseInspectAnswer(stdout, nonce);
  if (answer === null)
    throw new AppError('REMOTE_GARBAGE', {
      details: { reason: message('images.inspectCut'), output: `${stdout}${stderr}`.slice(0, 2000) },
    });
  if (answer.kind === 'none')
    throw new AppError('IMAGE_NO_RUNTIME', {
      details: {
        reason:
          modules.length === 0
            ? message('images.noRuntimeModules')
            : message('images.runtimeModulesTried', { modules: modules.join(', ') }),
      },
    });
  const found = readInspectOutput(answer.output);
  if (found === null)
    throw new AppError('IMAGE_NOT_INSPECTED', {
      details: {
        image: path,
        command: answer.program,
        reason: answer.refused === null ? message('images.inspectNothing') : quoted(answer.refused),
      },
    });
  return {
    at: ports.clock.now(),
    program: answer.program,
    version: answer.version,
    contents: withListedApps(found.contents, readAppsList(answer.apps)),
    unknown: found.unknown,
  };
}

/** Apps that the record does not describe are known by their names. */
function withListedApps(contents: ImageContents, listed: readonly string[]): ImageContents {
  const known = new Set(contents.apps.map(({ name }) => name));
  const named = listed.filter((name) => !known.has(name));
  const nothing = { labels: {}, environment: [], runscript: null, startscript: null, test: null, help: null };
  return { ...contents, apps: [...contents.apps, ...named.map((name) => ({ name, ...nothing }))] };
}

/** All that is known of an image: what its file says, completed with what the cluster's program said. Null where nothing is. */
export function metadataWith(
  image: Pick<ImageSummary, 'kind' | 'size'>,
  metadata: ImageMetadata | null,
  inspected: InspectedImage | null,
): ImageMetadata | null {
  if (inspected === null) return metadata;
  return withInspected(metadata ?? unread(image), inspected);
}

/** Of an image whose file could not be read: all is open but what the cluster's program said. */
function unread({ kind, size }: Pick<ImageSummary, 'kind' | 'size'>): ImageMetadata {
  const open: UnknownPart[] = (['contents', 'ociConfig', 'signatures', 'fileSystem'] as const).map((field) => ({
    field,
    why: 'damaged',
  }));
  return {
    labels: {},
    labelSource: null,
    definition: null,
    apps: [],
    environment: [],
    runscript: null,
    startscript: null,
    test: null,
    help: null,
    kind,
    size,
    sifVersion: null,
    uuid: null,
    createdAt: null,
    modifiedAt: null,
    architecture: 'unknown',
    architectureCode: null,
    rootFileSystem: null,
    overlays: [],
    oci: null,
    signatures: [],
    encrypted: false,
    unknown: open,
  };
}
