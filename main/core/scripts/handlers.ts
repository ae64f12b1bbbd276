import { message, type Message } from '../../../shared/messages/message.ts';
import type { TemplateDetail } from '../../../shared/contract/templates.ts';
import type { Draft } from '../../../shared/domain/job/draft.ts';
import { resolveParameters } from '../../../shared/domain/template/parameterForm.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import { requestSize } from '../../../shared/domain/request/size.ts';
import type { ScriptAnswer, ScriptPreview, StartOutlook } from '../../../shared/domain/job/script.ts';
import { startVariants, type StartVariant } from '../../../shared/domain/limits/variants.ts';
import type { ImageRule } from '../../../shared/domain/template/schema.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { errorMessages } from '../../../shared/errors/codedError.ts';
import type { TestOnlyAnswer } from '../../slurm/dryRun.ts';
import type { HandlersOf } from '../core.ts';
import type { Clock, JobRepository } from '../ports.ts';
import type { ClusterSessions, ImageRegistry, LocalFiles, ScriptMaker, TemplateLibrary } from '../services.ts';
import type { Drafts } from './drafts.ts';
import { effectiveRequest } from '../../../shared/domain/request/effectiveRequest.ts';
import type { StartEstimates } from './startEstimates.ts';

interface ScriptHandlerDependencies {
  readonly scripts: ScriptMaker;
  readonly drafts: Drafts;
  readonly templates: Pick<TemplateLibrary, 'get'>;
  readonly files: Pick<LocalFiles, 'check'>;
  readonly sessions: Pick<ClusterSessions, 'profile' | 'knownFacts' | 'knownUsage'>;
  readonly images: Pick<ImageRegistry, 'known'>;
  readonly runs: Pick<JobRepository, 'lastImage'>;
  readonly starts: StartEstimates;
  readonly clock: Pick<Clock, 'now'>;
}

/** Problems that keep a line out of the script, or leave it open: what Slurm says of the rest would not be about the person's job. */
const LEFT_OUT = new Set(['slurm-value-invalid', 'placeholder-unknown']);

const leftOutOf = ({ problems }: ScriptPreview): Problem | undefined =>
  problems.find(
    ({ rule, field }) => rule === 'edit-conflict' || (LEFT_OUT.has(rule) && field?.startsWith('resources.') === true),
  );

/** Whether the checks have an error about what is asked of Slurm. What else is missing, a file perhaps, a variant misses as the job does. */
const isRejected = ({ problems }: Pick<ScriptPreview, 'problems'>): boolean =>
  problems.some(
    ({ severity, field, alsoAt }) => severity === 'error' && (alsoAt ?? field)?.startsWith('resources.') === true,
  );

/** The draft as a variant would have it. */
const withChanges = (draft: Draft, { changes }: StartVariant): Draft => ({
  ...draft,
  resources: { ...draft.resources, ...Object.fromEntries(changes.map(({ resource, value }) => [resource, value])) },
});

/** A preview under the names that programs read. What sbatch would assume of nodes and tasks is said. */
function scriptAnswer(
  { asked, ...preview }: ReturnType<ScriptMaker['make']>,
  image: ImageRule,
  ofFiles: readonly Problem[],
): ScriptAnswer {
  const { nodes, tasks } = requestSize(asked);
  return {
    ...preview,
    problems: [...preview.problems, ...ofFiles],
    script_length: preview.text.length,
    resources: Object.assign({ nodes, ntasks: tasks }, asked),
    apptainer: {
      mode: image.mode,
      partition: image.partition,
      user_selectable: image.userSelectable,
      allowed_images: image.allowedImages,
    },
  };
}

export function scriptHandlers({
  scripts,
  drafts,
  templates,
  files,
  sessions,
  images,
  runs,
  starts,
  clock,
}: ScriptHandlerDependencies): HandlersOf<'scripts' | 'drafts'> {
  const make = (draft: Draft): { detail: TemplateDetail; preview: ReturnType<ScriptMaker['make']> } => {
    const detail = templates.get(draft.templateId, draft.templateSource);
    const { clusterId, imagePath } = draft;
    const preview = scripts.make({
      template: detail.template,
      draft,
      profile: sessions.profile(clusterId),
      facts: sessions.knownFacts(clusterId),
      usage: sessions.knownUsage(clusterId),
      image: imagePath === null ? null : images.known(clusterId, imagePath),
      earlierImage: imagePath === null ? null : runs.lastImage(clusterId, detail.template.id, imagePath),
      runId: null,
    });
    return { detail, preview };
  };

  /** What Slurm foresees, on our clock. Throws what is no word of Slurm about the job: a controller that cannot be asked has not refused it. */
  const foreseen = (
    draft: Draft,
    answer: TestOnlyAnswer | null,
  ): Pick<StartOutlook, 'accepted' | 'expectedStart' | 'message'> & { error: AppError | null } => {
    if (answer === null)
      return { accepted: false, expectedStart: null, message: message('scripts.noAnswer'), error: null };
    if (answer.kind === 'refused') {
      if (answer.error.name !== 'SUBMISSION_FAILED') throw answer.error;
      return {
        accepted: false,
        expectedStart: null,
        message: errorMessages(answer.error).message,
        error: answer.error,
      };
    }
    const offset = sessions.knownFacts(draft.clusterId)?.clockOffset ?? 0;
    return {
      accepted: true,
      expectedStart: answer.start === null ? null : (answer.start - offset) * 1000,
      message: wouldTake(answer.partition, answer.nodes),
      error: null,
    };
  };

  return {
    'scripts.preview': async ({ draft }, { signal }) => {
      const { detail, preview } = make(draft);
      const ofFiles = await files.check(
        detail.template,
        draft.files,
        sessions.profile(draft.clusterId).maxFileSize,
        signal,
      );
      return scriptAnswer(preview, detail.template.image, ofFiles);
    },

    'scripts.testOnly': async ({ draft, automatic }, { signal }) => {
      const { preview } = make(draft);
      const { problems } = preview;
      const leftOut = leftOutOf(preview);
      if (leftOut !== undefined) return { accepted: false, expectedStart: null, message: leftOut.message, problems };
      const [asked] = await starts.ask(draft.clusterId, [preview.text], { automatic, signal });
      const { error, ...outlook } = foreseen(draft, asked?.answer ?? null);
      return { ...outlook, problems: error === null ? problems : [...problems, refusal(error)] };
    },

    'scripts.startVariants': async ({ draft }, { signal }) => {
      const { detail, preview } = make(draft);
      const own = { id: 'asked', label: null, changes: [], cost: preview.cost };
      const leftOut = leftOutOf(preview);
      if (leftOut !== undefined)
        return {
          asked: { ...own, accepted: false, expectedStart: null, message: leftOut.message },
          variants: [],
          askedAt: clock.now(),
        };
      const facts = sessions.knownFacts(draft.clusterId);
      const request = effectiveRequest(
        detail.template,
        draft.resources,
        resolveParameters(detail.template, draft.parameters).values,
      );
      const proposed =
        facts === null ? [] : startVariants(request, facts, sessions.knownUsage(draft.clusterId), clock.now());
      const made = proposed
        .map((variant) => ({ variant, preview: make(withChanges(draft, variant)).preview }))
        .filter(({ preview: ofVariant }) => leftOutOf(ofVariant) === undefined && !isRejected(ofVariant));
      const [asked, ...others] = await starts.ask(
        draft.clusterId,
        [preview.text, ...made.map(({ preview: { text } }) => text)],
        { automatic: false, signal },
      );
      const outlook = (
        variant: Omit<StartOutlook, 'accepted' | 'expectedStart' | 'message'>,
        answer: TestOnlyAnswer | null,
      ): StartOutlook => {
        const { error: _error, ...told } = foreseen(draft, answer);
        return { ...variant, ...told };
      };
      return {
        asked: outlook(own, asked?.answer ?? null),
        variants: made.map(({ variant, preview: { cost } }, index) =>
          outlook({ ...variant, cost }, others[index]?.answer ?? null),
        ),
        askedAt: asked?.askedAt ?? clock.now(),
      };
    },

    'drafts.get': (key) => drafts.get(key),
    'drafts.save': ({ draft }) => {
      drafts.save(draft);
      return {};
    },
    'drafts.discard': (key) => {
      drafts.discard(key);
      return {};
    },
  };
}

function refusal(error: AppError): Problem {
  return problem({ rule: 'slurm-refused', code: error.code, severity: 'error', ...errorMessages(error) });
}

/** That Slurm would take the job, and where it foresees it. */
function wouldTake(partition: string | null, nodes: string | null): Message {
  if (partition !== null && nodes !== null) return message('scripts.wouldTakeInOn', { partition, nodes });
  if (partition !== null) return message('scripts.wouldTakeIn', { partition });
  return nodes === null ? message('scripts.wouldTake') : message('scripts.wouldTakeOn', { nodes });
}
