import type { TemplateDetail } from '../../../shared/contract/templates.ts';
import type { Draft } from '../../../shared/domain/job/draft.ts';
import { planRunFiles } from '../../../shared/domain/template/fileSlots.ts';
import { RunId, type RequestId } from '../../../shared/domain/ids.ts';
import type { JobRecord, RunFile } from '../../../shared/domain/job/schema.ts';
import { askedFor } from '../../../shared/domain/job/asked.ts';
import { NO_TASKS } from '../../../shared/domain/job/task.ts';
import { resolveParameters } from '../../../shared/domain/template/parameterForm.ts';
import type { Problem } from '../../../shared/domain/problem/schema.ts';
import type { ScriptPreview } from '../../../shared/domain/job/script.ts';
import { identityOf } from '../../../shared/domain/image/identity.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { parseSlurmDuration } from '../../../shared/lib/duration.ts';
import { message } from '../../../shared/messages/message.ts';
import { refuseRunFolder, runFolderName } from '../../slurm/runFolder.ts';
import type { CorePorts } from '../ports.ts';
import type {
  ClusterSessions,
  ImageRegistry,
  LocalFiles,
  ScriptMaker,
  SessionEnvironment,
  TemplateLibrary,
} from '../services.ts';
import { requestOf } from './directives.ts';
import { lookAtImage } from './lookAtImage.ts';

export interface PrepareRunDependencies {
  readonly ports: Pick<CorePorts, 'clock' | 'log' | 'randomId' | 'store'>;
  readonly sessions: Pick<ClusterSessions, 'profile' | 'knownFacts' | 'state' | 'use'>;
  readonly templates: TemplateLibrary;
  readonly files: LocalFiles;
  readonly scripts: ScriptMaker;
  readonly images: Pick<ImageRegistry, 'known'>;
}

/** Throws for the problems that stop a submission: FILE_INVALID when all concern input files, CHECKS_FAILED otherwise. */
function refuseOnErrors(problems: readonly Problem[]): void {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return;
  const onlyFiles = errors.every(({ code }) => Math.floor(code / 1000) === 2);
  throw new AppError(onlyFiles ? 'FILE_INVALID' : 'CHECKS_FAILED', {
    details: { reason: first.message, problems: errors },
  });
}

function runFiles(template: TemplateDetail['template'], draft: Draft, preview: ScriptPreview): RunFile[] {
  const sizes = new Map(draft.files.map(({ handle, size }) => [handle, size]));
  const converted = new Set(draft.files.flatMap(({ handle, convert }) => (convert === true ? [handle] : [])));
  const local = planRunFiles(template, draft.files).map(({ slot, name, remoteName, handle }): RunFile => ({
    slot,
    name,
    remoteName,
    size: sizes.get(handle) ?? 0,
    sha256: null,
    uploaded: false,
    source: { kind: 'local', handle, ...(converted.has(handle) ? { convert: true } : {}) },
  }));
  const generated = preview.files.map(({ name, text }): RunFile => ({
    slot: null,
    name,
    remoteName: name,
    size: Buffer.byteLength(text),
    sha256: null,
    uploaded: false,
    source: { kind: 'generated', text },
  }));
  return [...local, ...generated];
}

function editedTexts(edited: NonNullable<ScriptPreview['edited']>): NonNullable<JobRecord['edited']> {
  return {
    script: edited.some(({ file }) => file === null),
    files: edited.flatMap(({ file }) => (file === null ? [] : [file])),
  };
}

/** The run's folder: absolute, since sbatch, SFTP and `%Z` must mean the same one. */
function runFolderOf(runRoot: string, home: string, name: string): string {
  const root =
    runRoot === '~'
      ? home
      : runRoot.startsWith('~/')
        ? `${home}/${runRoot.slice(2)}`
        : runRoot.startsWith('/')
          ? runRoot
          : `${home}/${runRoot}`;
  return `${root.replace(/\/+$/, '')}/${name}`;
}

/**
 * Checks a draft and makes the record of its run. Nothing is stored or sent. A run without files is ready for sbatch at once.
 * Errors: TEMPLATE_NOT_FOUND, TEMPLATE_INVALID, FILE_HANDLE_UNKNOWN, FILE_INVALID, CHECKS_FAILED, IMAGE_NOT_FOUND, RUN_FOLDER_NAME, CANCELLED.
 */
export async function prepareRun(
  dependencies: PrepareRunDependencies,
  draft: Draft,
  requestId: RequestId,
  environment: SessionEnvironment,
  signal: AbortSignal,
): Promise<JobRecord> {
  const { ports, sessions, templates, files, scripts } = dependencies;
  const log = (event: string, details: Record<string, unknown>): void =>
    ports.log.write('info', event, requestId, details);
  const profile = sessions.profile(draft.clusterId);
  const detail = templates.get(draft.templateId, draft.templateSource);
  const { template } = detail;
  log('template_loaded', { templateId: detail.id, source: detail.source, version: detail.version, hash: detail.hash });
  if (!detail.usable)
    throw new AppError('TEMPLATE_INVALID', {
      details: { reason: detail.problems[0]?.message ?? message('format.hasErrors'), problems: detail.problems },
    });
  log('template_validated', { problems: detail.problems.length });

  const runId = RunId.parse(`r${ports.randomId(12)}`);
  const runFolder = runFolderOf(profile.runRoot, environment.home, runFolderName(draft.jobName, runId));
  refuseRunFolder(runFolder);
  const { clusterId, imagePath } = draft;
  const image = imagePath === null ? null : await lookAtImage(dependencies, clusterId, imagePath, signal);
  const preview = scripts.make({
    template,
    draft,
    profile,
    facts: sessions.knownFacts(clusterId),
    image,
    earlierImage: imagePath === null ? null : ports.store.jobs.lastImage(clusterId, template.id, imagePath),
    runId,
  });
  const fileProblems =
    draft.files.length === 0 && template.files.length === 0
      ? []
      : await files.check(template, draft.files, profile.maxFileSize);
  refuseOnErrors([...preview.problems, ...fileProblems]);
  if (draft.imagePath !== null) log('image_selected', { image: draft.imagePath });
  log('script_generated', {
    lines: preview.text.split('\n').length,
    bytes: Buffer.byteLength(preview.text),
    edited: preview.edited !== undefined,
  });

  const imageIdentity = identityOf(image);
  const { values } = resolveParameters(template, draft.parameters);
  const request = requestOf(preview.text);
  const planned = runFiles(template, draft, preview);
  const timeLimit = request.time === undefined ? null : parseSlurmDuration(String(request.time));
  return {
    runId,
    requestId,
    clusterId: draft.clusterId,
    origin: 'slipway',
    user: environment.user,
    jobId: null,
    name: draft.jobName,
    templateId: detail.id,
    templateSource: detail.source,
    templateVersion: detail.version,
    templateHash: detail.hash,
    imagePath: draft.imagePath,
    ...(imageIdentity === null ? {} : { imageIdentity }),
    request,
    ...askedFor(request),
    parameters: values,
    files: planned,
    script: preview.text,
    ...(preview.edited === undefined ? {} : { edited: editedTexts(preview.edited) }),
    folds: preview.folds,
    runFolder,
    phase: planned.length === 0 ? 'submitting' : 'prepared',
    tasks: NO_TASKS,
    state: null,
    reason: null,
    exitCode: null,
    signal: null,
    nodes: null,
    partition: request.partition ?? null,
    timeLimit: timeLimit === Infinity ? null : timeLimit,
    elapsed: null,
    progress: null,
    progressText: null,
    createdAt: ports.clock.now(),
    submittedAt: null,
    expectedStart: null,
    startedAt: null,
    endedAt: null,
    cost: preview.cost,
    error: null,
  };
}
