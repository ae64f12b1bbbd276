/** What a template text would do, before it is saved: its script for some values, and what becomes of dropped files. */
import { message, type Message } from '../../../../shared/messages/message.ts';
import { ClusterProfile } from '../../../../shared/domain/cluster/profile.ts';
import type { DraftFile } from '../../../../shared/domain/job/draft.ts';
import { classifyFile } from '../../../../shared/domain/template/fileKind.ts';
import { matchFiles } from '../../../../shared/domain/template/fileSlots.ts';
import { ClusterId, type FileHandleId } from '../../../../shared/domain/ids.ts';
import { problem, type Problem } from '../../../../shared/domain/problem/schema.ts';
import type { ScriptPreview } from '../../../../shared/domain/job/script.ts';
import { mendJobName } from '../../../../shared/domain/request/options.ts';
import type { ParameterValues, Template } from '../../../../shared/domain/template/schema.ts';
import type { SlotPreview } from '../../../../shared/domain/template/studio.ts';
import { ERRORS } from '../../../../shared/errors/codes.ts';
import { matchGlob } from '../../../../shared/lib/glob.ts';
import type { ClusterSessions, ScriptMaker, LocalFiles } from '../../services.ts';

interface ScriptPreviewDependencies {
  readonly scripts: ScriptMaker;
  readonly sessions: Pick<ClusterSessions, 'profile' | 'knownFacts' | 'knownUsage'>;
}

/** Stands for a cluster where none is chosen: nothing but its default prices reaches a preview. */
const NO_CLUSTER = ClusterProfile.parse({
  id: 'none',
  name: 'none',
  kind: 'ssh',
  host: 'none',
  port: 22,
  user: 'none',
  auth: [{ kind: 'agent', socket: null }],
});

/**
 * The script of a template for these values, without files, with the first image that it allows. Against a cluster's limits where one
 * is given. CLUSTER_NOT_FOUND.
 */
export function tryScript(
  { scripts, sessions }: ScriptPreviewDependencies,
  template: Template,
  parameters: ParameterValues,
  clusterId: ClusterId | undefined,
): ScriptPreview {
  const profile = clusterId === undefined ? NO_CLUSTER : sessions.profile(clusterId);
  const [image] = template.image.allowedImages;
  const { asked: _asked, ...preview } = scripts.make({
    template,
    draft: {
      clusterId: clusterId ?? ClusterId.parse('none'),
      templateId: template.id,
      templateSource: 'private',
      jobName: mendJobName(template.name) || 'preview',
      parameters,
      resources: {},
      imagePath: template.image.mode === 'none' ? null : `${profile.imageFolders[0] ?? ''}/${image ?? 'image.sif'}`,
      files: [],
    },
    profile,
    facts: clusterId === undefined ? null : sessions.knownFacts(clusterId),
    usage: clusterId === undefined ? null : sessions.knownUsage(clusterId),
    runId: null,
  });
  return clusterId === undefined
    ? { ...preview, problems: preview.problems.filter(({ rule }) => rule !== 'limits-unchecked') }
    : preview;
}

/** What a text that is no template has instead of a script: its problems. */
export const noScript = (problems: Problem[]): ScriptPreview => ({
  text: '',
  spans: [],
  folds: [],
  files: [],
  problems,
  cost: null,
});

/** Which slot each file would go to, and what is wrong with it there; the site's own limit is not looked at. Files that are gone are left out. */
export async function tryFiles(
  localFiles: Pick<LocalFiles, 'describe' | 'check'>,
  template: Template,
  handles: readonly FileHandleId[],
  signal: AbortSignal,
): Promise<SlotPreview[]> {
  const described = await localFiles.describe([...new Set(handles)]);
  const files = matchFiles(
    template.files,
    described.map(({ handle, name, size }): DraftFile => ({ handle, name, size, slot: null })),
  );
  const previews = await Promise.all(
    files.map(async (file): Promise<SlotPreview> => {
      const slots = template.files.filter((slot) => slot.name === file.slot);
      const problems = await localFiles.check({ ...template, files: slots }, [file], Infinity, signal);
      return {
        name: file.name,
        size: file.size,
        slot: file.slot,
        type: slots[0]?.type ?? classifyFile(file.name),
        problems: file.slot === null ? [...problems, whyNowhere(template, file, files)] : problems,
      };
    }),
  );
  // a name that stands for nothing is told with the first file that has it
  const told = new Set<string>();
  return previews.map((preview) => ({
    ...preview,
    problems: preview.problems.filter((each) => {
      const said = JSON.stringify(each.message);
      const isNew = each.rule !== 'check-unknown' || !told.has(said);
      told.add(said);
      return isNew;
    }),
  }));
}

function whyNowhere(template: Template, file: DraftFile, files: readonly DraftFile[]): Problem {
  const say = (rule: string, what: Message, hint: Message): Problem =>
    problem({ rule, code: ERRORS.FILE_INVALID.code, severity: 'info', message: what, hint });
  const fitting = template.files.filter((slot) => matchGlob(slot.pattern, file.name));
  if (fitting.length > 0) {
    const taken = fitting
      .map((slot) => `${slot.name} (${files.find((other) => other.slot === slot.name)?.name ?? ''})`)
      .join(', ');
    return say(
      'slot-taken',
      message('files.fitsTakenSlot', { file: file.name, slots: taken }),
      message('files.oneFileEach'),
    );
  }
  const otherCase = template.files.find((slot) => matchGlob(slot.pattern.toLowerCase(), file.name.toLowerCase()));
  if (otherCase !== undefined)
    return say(
      'file-extra',
      message('files.fitsButForCase', { file: file.name, slot: otherCase.name, pattern: otherCase.pattern }),
      message('files.caseCounts'),
    );
  const patterns = template.files.map((slot) => `${slot.name}: ${slot.pattern}`).join(', ');
  return say(
    'file-extra',
    message('files.fitsNoSlot', { file: file.name }),
    patterns === '' ? message('files.noSlots') : message('files.slotsAre', { slots: patterns }),
  );
}
