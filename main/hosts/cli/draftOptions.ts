import type { CliClient } from './client.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { ClusterId } from '../../../shared/domain/ids.ts';
import { imagesCalled, impliedImage, nearestImages, nearestWords } from '../../../shared/domain/image/rule.ts';
import type { Draft } from '../../../shared/domain/job/draft.ts';
import type { Problem } from '../../../shared/domain/problem/schema.ts';
import type { Parameter, ParameterValue, Template } from '../../../shared/domain/template/schema.ts';
import type { SlurmRequest } from '../../../shared/domain/request/schema.ts';
import { message } from '../../../shared/messages/message.ts';

export interface DraftOptions {
  readonly template: string;
  readonly cluster: string;
  readonly name?: string;
  readonly image?: string;
  readonly app?: string;
  readonly set: readonly string[];
  readonly file: readonly string[];
  readonly convertLineEnds?: boolean;
}

function pair(text: string, option: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1)
    throw new AppError('INPUT_INVALID', {
      details: { reason: message('commandLine.nameValue', { option, text }) },
      hint: message('commandLine.exampleOption', { option }),
    });
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Command-line text as the parameter's type has it; what does not fit stays text, and the core's check says why. */
function typed(parameter: Parameter, text: string): ParameterValue {
  if (
    (parameter.type === 'integer' || parameter.type === 'number') &&
    text.trim() !== '' &&
    Number.isFinite(Number(text))
  )
    return Number(text);
  if (parameter.type === 'boolean' && /^(true|yes|1|false|no|0)$/i.test(text)) return /^(true|yes|1)$/i.test(text);
  if (parameter.type === 'multiselect') return text === '' ? [] : text.split(',');
  return text;
}

const RESOURCE_NAME = /^[a-z][a-z0-9_]*$/;

/** `--set` names a parameter of the template, `jobName`, or a Slurm option (`time`, `cpus_per_task` or `slurm.time`). */
function assign(
  template: Template,
  settings: readonly string[],
): { parameters: Record<string, ParameterValue>; resources: SlurmRequest } {
  const parameters: Record<string, ParameterValue> = {};
  const resources: Record<string, string> = {};
  for (const setting of settings) {
    const [name, value] = pair(setting, '--set');
    const parameter = template.parameters.find((candidate) => candidate.name === name);
    const option = name.replace(/^slurm\./, '').replaceAll('-', '_');
    if (parameter !== undefined) parameters[name] = typed(parameter, value);
    else if (RESOURCE_NAME.test(option)) resources[option] = value;
    else throw new AppError('INPUT_INVALID', { details: { reason: message('commandLine.noParameter', { name }) } });
  }
  return { parameters, resources };
}

/** Makes a draft of what the command line says, handing over its files. `--file PATH` finds its slot by pattern. */
export async function draftFromOptions(client: CliClient, options: DraftOptions): Promise<Draft> {
  const { template, source } = await client.call('templates.get', { id: options.template });
  const { parameters, resources } = assign(template, options.set);
  const fixed: Draft['files'] = [];
  const added: Draft['files'][number]['handle'][] = [];
  for (const text of options.file) {
    const at = text.indexOf('=');
    const slot =
      at > 0 && template.files.some((candidate) => candidate.name === text.slice(0, at)) ? text.slice(0, at) : null;
    const handle = await client.grant(slot === null ? text : text.slice(at + 1));
    if (slot === null) added.push(handle.handle);
    else fixed.push({ handle: handle.handle, name: handle.name, size: handle.size, slot });
  }
  const matched = await client.call('files.match', {
    templateId: template.id,
    templateSource: source,
    files: fixed,
    added,
  });
  const files = options.convertLineEnds === true ? converted(matched) : matched.files;
  const imagePath = await chooseImage(client, template, options);
  return {
    clusterId: ClusterId.parse(options.cluster),
    templateId: template.id,
    templateSource: source,
    jobName: options.name ?? template.name,
    parameters,
    resources,
    imagePath,
    ...(options.app === undefined ? {} : { imageApp: options.app === '' ? null : options.app }),
    files,
  };
}

/** Scripts that Linux would not run as they stand are sent converted; other files as they are. */
function converted({ files, problems }: { files: Draft['files']; problems: readonly Problem[] }): Draft['files'] {
  const odd = new Set(
    problems.flatMap(({ fix }) =>
      fix?.field.startsWith('convert.') === true ? [fix.field.slice('convert.'.length)] : [],
    ),
  );
  return files.map((file) => (odd.has(file.handle) ? { ...file, convert: true } : file));
}

/**
 * The image that was named, by path or as people call it; else the one that the template’s rule implies, as in the form. INPUT_INVALID where it may be
 * several, IMAGE_NOT_FOUND with the nearest.
 */
async function chooseImage(client: CliClient, template: Template, options: DraftOptions): Promise<string | null> {
  const { image: rule } = template;
  if (rule.mode === 'none' && options.image === undefined) return null;
  if (options.image?.startsWith('/') === true) return options.image;
  // a list of images is not asked for where it would decide nothing
  if (options.image === undefined && rule.allowedImages.length === 0) return null;
  const clusterId = ClusterId.parse(options.cluster);
  const list = await client.call('images.list', { clusterId });
  // what is old is looked through again meanwhile, and here there is no meanwhile
  const { images } = list.scanning ? await client.call('images.scan', { clusterId }) : list;
  if (options.image === undefined) return impliedImage(rule, images)?.path ?? null;
  const [found, ...others] = imagesCalled(options.image, images);
  if (found === undefined) {
    const near = nearestWords(nearestImages({ mode: 'fixed', allowedImages: [options.image] }, images));
    throw new AppError('IMAGE_NOT_FOUND', {
      details: { image: options.image },
      ...(near === null ? {} : { hint: message('fit.nearestImages', { images: near }) }),
    });
  }
  if (others.length > 0)
    throw new AppError('INPUT_INVALID', {
      details: {
        reason: message('commandLine.severalImages', {
          name: options.image,
          paths: [found, ...others.slice(0, 4)].map(({ path }) => path).join(', '),
        }),
      },
      hint: message('commandLine.imageByPath'),
    });
  return found.path;
}
