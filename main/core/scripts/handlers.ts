import type { TemplateDetail } from '../../../shared/contract/templates.ts';
import type { Draft } from '../../../shared/domain/draft.ts';
import { problem, type Problem } from '../../../shared/domain/problem.ts';
import type { ScriptPreview } from '../../../shared/domain/script.ts';
import type { AppError } from '../../../shared/errors/appError.ts';
import { parseTestOnly, testOnlyScript } from '../../slurm/testOnly.ts';
import type { HandlersOf } from '../core.ts';
import type { ClusterSessions, FileDesk, ScriptMaker, TemplateLibrary } from '../services.ts';
import type { Drafts } from './drafts.ts';

interface Parts {
  readonly scripts: ScriptMaker;
  readonly drafts: Drafts;
  readonly templates: TemplateLibrary;
  readonly files: Pick<FileDesk, 'check'>;
  readonly sessions: Pick<ClusterSessions, 'profile' | 'knownFacts' | 'connection' | 'runSlurm'>;
}

/** Problems that keep a line out of the script: what Slurm says of the rest would not be about the person's job. */
const LEFT_OUT = new Set(['slurm-value-invalid', 'placeholder-unknown']);

export function scriptHandlers({ scripts, drafts, templates, files, sessions }: Parts): HandlersOf<'scripts' | 'drafts'> {
  const make = (draft: Draft): { detail: TemplateDetail; preview: ScriptPreview } => {
    const detail = templates.get(draft.templateId, draft.templateSource);
    const profile = sessions.profile(draft.clusterId);
    return { detail, preview: scripts.make({ template: detail.template, draft, profile, facts: sessions.knownFacts(draft.clusterId), runId: null }) };
  };

  return {
    'scripts.preview': async ({ draft }) => {
      const { detail, preview } = make(draft);
      const ofFiles = await files.check(detail.template, draft.files, sessions.profile(draft.clusterId).maxFileSize);
      return { ...preview, problems: [...preview.problems, ...ofFiles] };
    },

    'scripts.testOnly': async ({ draft }, { signal }) => {
      const { preview } = make(draft);
      const { problems } = preview;
      const leftOut = problems.find(({ rule, field }) => LEFT_OUT.has(rule) && field?.startsWith('resources.') === true);
      if (leftOut !== undefined) return { accepted: false, expectedStart: null, message: leftOut.message, problems };

      const runRoot = await sessions.connection(draft.clusterId).files.resolve(sessions.profile(draft.clusterId).runRoot);
      const answer = parseTestOnly(await sessions.runSlurm(draft.clusterId, testOnlyScript({ runFolder: runRoot, script: preview.text }), { signal }));
      if (answer.kind === 'refused') {
        // a controller that cannot be asked has not refused the job
        if (answer.error.name !== 'SUBMISSION_FAILED') throw answer.error;
        return { accepted: false, expectedStart: null, message: answer.error.message, problems: [...problems, refusal(answer.error)] };
      }
      const offset = sessions.knownFacts(draft.clusterId)?.clockOffset ?? 0;
      const where = [answer.partition === null ? '' : ` in ${answer.partition}`, answer.nodes === null ? '' : ` on ${answer.nodes}`].join('');
      return {
        accepted: true,
        expectedStart: answer.start === null ? null : (answer.start - offset) * 1000,
        message: `Slurm would take the job${where}.`,
        problems,
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
  return problem({ rule: 'slurm-refused', code: error.code, severity: 'error', message: error.message, hint: error.hint });
}
