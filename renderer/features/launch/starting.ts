/** When the job would start: asked by hand, or by itself once the form has been still. Each asking takes a job id of the cluster. */
import { changeDraft, formSessionOf, type StartTest, updateFormSession, withResource } from '../form/session/index.ts';
import type { StartOutlook } from '../../../shared/domain/job/script.ts';
import { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';

function updateStart(key: string, change: (start: StartTest) => Partial<StartTest>): void {
  updateFormSession(key, (session) => ({
    ...session,
    startTest: { ...session.startTest, ...change(session.startTest) },
  }));
}

const limitedUntil = (error: CodedError): number => Date.now() + Number(error.details['seconds'] ?? 15) * 1000;

/** Asks Slurm whether it would take the job, and when it would start. */
export async function askForStart(key: string, automatic: boolean): Promise<void> {
  const session = formSessionOf(key);
  if (!session || session.preview === null || session.startTest.phase.kind === 'asking') return;
  const { draft, preview } = session;
  const script = preview.text;
  updateStart(key, () => ({ phase: { kind: 'asking' } }));
  try {
    const { accepted, expectedStart, message } = await client.call('scripts.testOnly', { draft, automatic });
    updateStart(key, () => ({
      phase: { kind: 'still' },
      answer: { clusterId: draft.clusterId, script, accepted, expectedStart, message, askedAt: Date.now() },
    }));
  } catch (thrown) {
    const error = appErrorOf(thrown);
    updateStart(key, () => ({
      phase: CodedError.is(error, 'START_TEST_LIMITED')
        ? { kind: 'limited', until: limitedUntil(error) }
        : { kind: 'failed', error, script },
    }));
  }
}

/** Asks about the job as it stands and a few variants of it. */
export async function askForVariants(key: string): Promise<void> {
  const session = formSessionOf(key);
  if (!session || session.preview === null || session.startTest.variants.kind === 'asking') return;
  const { draft, preview } = session;
  updateStart(key, () => ({ variants: { kind: 'asking' } }));
  try {
    const told = await client.call('scripts.startVariants', { draft });
    const about = { clusterId: draft.clusterId, script: preview.text };
    const { accepted, expectedStart, message } = told.asked;
    updateStart(key, () => ({
      phase: { kind: 'still' },
      answer: { ...about, accepted, expectedStart, message, askedAt: told.askedAt },
      variants: { kind: 'told', told: { ...told, ...about } },
    }));
  } catch (error) {
    updateStart(key, () => ({ variants: { kind: 'failed', error: appErrorOf(error) } }));
  }
}

/** Sets the fields as a variant has them. Answers with what puts them back. */
export function takeVariant(key: string, { changes }: Pick<StartOutlook, 'changes'>): (() => void) | null {
  const session = formSessionOf(key);
  if (!session) return null;
  const { template } = session.detail;
  const before = session.draft.resources;
  changeDraft(key, (draft) =>
    changes.reduce((changed, { resource, value }) => withResource(template, changed, resource, value), draft),
  );
  return () =>
    changeDraft(key, (draft) => {
      const others = Object.fromEntries(
        Object.entries(draft.resources).filter(([resource]) => !changes.some((change) => change.resource === resource)),
      );
      const own = Object.fromEntries(
        changes.flatMap(({ resource }) => (before[resource] === undefined ? [] : [[resource, before[resource]]])),
      );
      return { ...draft, resources: { ...others, ...own } as typeof before };
    });
}
