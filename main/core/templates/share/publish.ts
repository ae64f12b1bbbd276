import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { OutputOf, ParsedInputOf } from '../../../../shared/contract/index.ts';
import type { ClusterId } from '../../../../shared/domain/ids.ts';
import { AppError } from '../../../../shared/errors/appError.ts';
import { message } from '../../../../shared/messages/message.ts';
import type { ClusterSessions } from '../../services.ts';
import type { CommunitySync } from './communities.ts';
import { withPublic } from '../format/identity.ts';
import type { TemplateLibraryService } from '../library/library.ts';
import { copySamples, portableSamples, samplesBeside } from '../library/samples.ts';
import type { OpenTemplate, TemplateFolder } from '../library/templateFolder.ts';
import { freeFile, inFolder, makeFolder, SHARED, writeWhole } from '../library/writeTemplate.ts';

interface PublishDependencies {
  readonly library: TemplateLibraryService;
  readonly communities: CommunitySync;
  readonly sessions: Pick<ClusterSessions, 'use' | 'profile'>;
}

/**
 * Copies a private template with its samples to a community folder. One with its id that says something else is not overwritten unless
 * `replace`: TEMPLATE_EXISTS. Other errors: INPUT_INVALID for samples that others would not get, TEMPLATE_INVALID for a broken one, COMMUNITY_FOLDER_MISSING, TEMPLATE_FOLDER_UNUSABLE, and what
 * writing to a cluster rejects with. TEMPLATE_NOT_PUBLIC for one that is not meant for others, unless `makePublic`: the copy says so then.
 */
export function createPublish({
  library,
  communities,
  sessions,
}: PublishDependencies): (
  input: ParsedInputOf<'templates.publish'>,
  signal: AbortSignal,
) => Promise<OutputOf<'templates.publish'>> {
  function local(given: OpenTemplate, replace: boolean): string {
    const folder = library.folder('community');
    if (folder === null)
      throw new AppError('COMMUNITY_FOLDER_MISSING', { details: { where: message('library.thisComputer') } });
    folder.settle();
    const there = present(folder, given, folder.root, replace);
    return inFolder(folder.root, () => {
      makeFolder(folder.root, SHARED);
      const file = there ?? freeFile(folder.root, given.entry.id);
      const samples = samplesBeside(given.entry.path);
      const names = portableSamples(samples, given.entry.id);
      rmSync(samplesBeside(file), { recursive: true, force: true });
      copySamples(samples, samplesBeside(file), names, SHARED);
      writeWhole(file, given.text, SHARED);
      folder.wrote(file, 'saved');
      return file;
    });
  }

  async function remote(
    given: OpenTemplate,
    clusterId: ClusterId,
    replace: boolean,
    signal: AbortSignal,
  ): Promise<string> {
    const { communityFolder, name } = sessions.profile(clusterId);
    if (communityFolder === null) throw new AppError('COMMUNITY_FOLDER_MISSING', { details: { where: name } });
    const root = await sessions.use(clusterId, { signal, purpose: 'templates' }, async ({ files }) => {
      const whole = await files.resolve(communityFolder);
      await files.makeFolder(whole);
      return whole;
    });
    // what others published since the last look counts
    await communities.sync(clusterId, signal);
    const community = library.communityOf(clusterId);
    if (community === null) throw new AppError('COMMUNITY_FOLDER_MISSING', { details: { where: name } });
    const { folder: copy, path: base } = community;
    const there = present(copy, given, name, replace);
    const file = `${root}/${path
      .relative(base, there ?? freeFile(copy.root, given.entry.id))
      .split(path.sep)
      .join('/')}`;
    const samples = samplesBeside(given.entry.path);
    const names = portableSamples(samples, given.entry.id);
    await sessions.use(clusterId, { signal, purpose: 'templates' }, async ({ files }) => {
      if (there === null && (await files.stat(file)) !== null)
        throw new AppError('TEMPLATE_EXISTS', { details: { templateId: given.entry.id, where: name, file } });
      await files.makeFolder(path.posix.dirname(file));
      if (names.length > 0) await files.makeFolder(samplesBeside(file));
      for (const each of names)
        await files.upload(path.join(samples, each), `${samplesBeside(file)}/${each}`, { signal });
      // last, so that nobody sees a template whose samples are not there yet
      await files.write(file, given.text, { signal });
    });
    await communities.sync(clusterId, signal);
    return `${name}: ${file}`;
  }

  return async ({ id, to, replace, makePublic }, signal) => {
    const own = library.open(library.locate({ id, source: 'private' }));
    const [first] = own.entry.problems.filter((each) => each.severity === 'error');
    if (own.template === null || first !== undefined) {
      throw new AppError('TEMPLATE_INVALID', {
        details: {
          reason: first?.message ?? message('format.cannotBeRead'),
          templateId: id,
          problems: own.entry.problems,
        },
      });
    }
    if (!own.template.isPublic && !makePublic)
      throw new AppError('TEMPLATE_NOT_PUBLIC', { details: { templateId: id } });
    const given = own.template.isPublic ? own : asPublic(own);
    return { where: to.kind === 'local' ? local(given, replace) : await remote(given, to.clusterId, replace, signal) };
  };
}

/** The template as its copy for others says it. */
function asPublic(own: OpenTemplate): OpenTemplate {
  const text = withPublic(own.text);
  if (text === null)
    throw new AppError('TEMPLATE_NOT_PUBLIC', {
      details: { templateId: own.entry.id },
      hint: message('library.publicByHand'),
    });
  return { ...own, text, entry: { ...own.entry, fileHash: createHash('sha256').update(text).digest('hex') } };
}

/** The file of a template with this id in a folder, or null. TEMPLATE_EXISTS when it says something else and is not to be replaced. */
function present(folder: TemplateFolder, given: OpenTemplate, where: string, replace: boolean): string | null {
  const there = folder.entries().find((entry) => entry.id === given.entry.id);
  if (there === undefined) return null;
  const now = folder.open(there)?.entry;
  if (!replace && now !== undefined && now.fileHash !== given.entry.fileHash)
    throw new AppError('TEMPLATE_EXISTS', { details: { templateId: given.entry.id, where, file: there.fileName } });
  return there.path;
}
