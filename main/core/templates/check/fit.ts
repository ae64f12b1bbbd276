/** “Will it run here?”: a template against what is known of a cluster. Nothing is asked of the cluster. */
import { both, message, type Message } from '../../../../shared/messages/message.ts';
import { checkLimits } from '../../../../shared/domain/limits/check.ts';
import type { ClusterFacts, ClusterModules } from '../../../../shared/domain/cluster/profile.ts';
import type { ClusterId } from '../../../../shared/domain/ids.ts';
import { imageProblems } from '../../../../shared/domain/image/checks.ts';
import { allowedAmong, nearestImages, nearestWords } from '../../../../shared/domain/image/rule.ts';
import type { ImageSummary } from '../../../../shared/domain/image/schema.ts';
import { checkParameterLimits, withFieldLimits } from '../../../../shared/domain/template/parameterLimit.ts';
import { withSlurmRules } from '../../../../shared/domain/template/slurmRules.ts';
import { resolveParameters } from '../../../../shared/domain/template/parameterForm.ts';
import { placeholderNames, resolvePlaceholders } from '../../../../shared/domain/template/parameters.ts';
import { problem, type Problem } from '../../../../shared/domain/problem/schema.ts';
import { directive, optionName } from '../../../../shared/domain/request/options.ts';
import type { SlurmRequest } from '../../../../shared/domain/request/schema.ts';
import type { ParameterValues, Template } from '../../../../shared/domain/template/schema.ts';
import type { FitReport } from '../../../../shared/domain/template/studio.ts';
import { ERRORS } from '../../../../shared/errors/codes.ts';
import { effectiveRequest } from '../../../../shared/domain/request/effectiveRequest.ts';
import { nearest } from '../format/nearest.ts';

/** What is known of one cluster; null: never learnt. */
export interface KnownCluster {
  readonly clusterId: ClusterId;
  readonly facts: ClusterFacts | null;
  readonly modules: ClusterModules | null;
  readonly images: readonly ImageSummary[] | null;
}

/** More rounds than there are options that depend on each other: partition, QOS, then the numbers. */
const MAX_ROUNDS = 6;

/**
 * Holds a template with these values (its defaults otherwise) against a cluster: partition and limits, GPUs, account, QOS, features,
 * modules, image. `change` means that the fixes of the problems, one after the other, make it run. The `field` of a fix is a place of
 * the template: `slurm.<option>`, `parameters.<name>.default`, `modules.<index>` or `apptainer.image_name`; an empty value takes it
 * away. Pure; under a millisecond for the usual cluster.
 */
export function fitReport(
  template: Template,
  parameters: ParameterValues,
  cluster: KnownCluster,
  now: number,
): FitReport {
  const { clusterId, facts } = cluster;
  if (facts === null)
    return {
      clusterId,
      verdict: 'unknown',
      problems: [unlearnt('facts-unknown', message('fit.factsUnknown'), message('fit.connectOnce'))],
      factsAt: null,
    };
  const problems = fitProblems(template, parameters, cluster, facts, now);
  const isUnsure = problems.some(({ rule }) => rule === 'images-unknown' || rule === 'modules-unknown');
  const verdict = problems.some(isError)
    ? canBeMended(template, parameters, cluster, facts, now)
      ? 'change'
      : 'cannot'
    : isUnsure
      ? 'unknown'
      : 'runs';
  return { clusterId, verdict, problems, factsAt: facts.takenAt };
}

const isError = ({ severity }: Problem): boolean => severity === 'error';

function fitProblems(
  written: Template,
  parameters: ParameterValues,
  cluster: KnownCluster,
  facts: ClusterFacts,
  now: number,
): Problem[] {
  const { values } = resolveParameters(written, parameters);
  const template = withSlurmRules(written, values);
  const request = effectiveRequest(template, {}, values);
  const invalid = Object.entries(request).flatMap(([key, value]) => invalidOption(key, value));
  const accepted = Object.fromEntries(
    Object.entries(request).filter(([key, value]) => value !== undefined && directive(key, value).kind === 'line'),
  ) as SlurmRequest;
  return [
    ...invalid,
    ...withFieldLimits(
      checkLimits(accepted, facts, null, now),
      checkParameterLimits(template, values, accepted, facts),
      template.slurm,
    ),
    ...checkModules(template, values, cluster.modules),
    ...checkImage(template, cluster.images, accepted, facts),
  ].map((each) => inTemplate(each, written));
}

/** The same, mended fix by fix, until nothing stops it or nothing more helps. */
function canBeMended(
  template: Template,
  parameters: ParameterValues,
  cluster: KnownCluster,
  facts: ClusterFacts,
  now: number,
): boolean {
  let mended = { template, parameters };
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const errors = fitProblems(mended.template, mended.parameters, cluster, facts, now).filter(isError);
    if (errors.length === 0) return true;
    const fix = errors.find((each) => each.fix !== null)?.fix;
    if (fix == null || errors.some((each) => each.fix === null && !each.field?.startsWith('resources.'))) return false;
    mended = withFix(mended.template, mended.parameters, fix);
  }
  return false;
}

type Fix = NonNullable<Problem['fix']>;

function withFix(
  template: Template,
  parameters: ParameterValues,
  { field, value }: Fix,
): { template: Template; parameters: ParameterValues } {
  const [place = '', key = ''] = field.split('.');
  if (place === 'slurm') return { parameters, template: { ...template, slurm: { ...template.slurm, [key]: value } } };
  if (place === 'modules')
    return {
      parameters,
      template: {
        ...template,
        modules: template.modules.map((name, at) => (String(at) === key ? String(value) : name)),
      },
    };
  if (place === 'apptainer')
    return { parameters, template: { ...template, image: { ...template.image, allowedImages: [String(value)] } } };
  return { template, parameters: { ...parameters, [key]: value } };
}

function invalidOption(key: string, value: string | number | boolean | undefined): Problem[] {
  if (value === undefined) return [];
  const result = directive(key, value);
  if (result.kind !== 'invalid') return [];
  const field = `resources.${key}`;
  const fix =
    result.mended === null
      ? null
      : { label: message('words.use', { value: result.mended }), field, value: result.mended };
  return [
    problem({
      rule: 'slurm-value-invalid',
      code: ERRORS.REQUEST_INVALID.code,
      severity: 'error',
      message: message('words.about', { what: optionName(key), text: result.reason }),
      field,
      fix,
    }),
  ];
}

/** A fix of the request as a fix of the template: of the literal value, or of the default of the field that it comes from. */
function inTemplate(each: Problem, template: Template): Problem {
  const { fix } = each;
  const follows = (name: string | undefined): boolean =>
    template.parameters.some(
      (parameter) => parameter.name === name && parameter.rules.some((rule) => rule.default !== undefined),
    );
  // a default that follows another field is mended in the rule that gives it, which only a person can tell
  if (each.rule === 'parameter-over-partition-limit' && fix?.field === each.field)
    return {
      ...each,
      fix: follows(fix.field.slice('parameters.'.length)) ? null : { ...fix, field: `${fix.field}.default` },
    };
  if (fix?.field.startsWith('resources.') !== true) return each;
  const option = fix.field.slice('resources.'.length);
  // which of several values is to be mended only a person can tell
  if (template.slurmRules?.some((rule) => rule.option === option) === true) return { ...each, fix: null };
  const written = template.slurm[option];
  const names = typeof written === 'string' ? placeholderNames(written) : [];
  if (typeof written !== 'string' || names.length === 0) return { ...each, fix: { ...fix, field: `slurm.${option}` } };
  const [name] = names;
  const value = names.length === 1 && name !== undefined ? valueWithin(written, String(fix.value)) : null;
  const parameter = template.parameters.find((candidate) => candidate.name === name);
  if (value === null || parameter === undefined || follows(name)) return { ...each, fix: null };
  const isNumber = parameter.type === 'integer' || parameter.type === 'number';
  // a select may not have the value that the cluster would take
  if (
    parameter.type === 'select' &&
    parameter.optionsFrom === null &&
    !parameter.options.some((choice) => choice.value === value)
  )
    return { ...each, fix: null };
  return {
    ...each,
    fix: { ...fix, field: `parameters.${parameter.name}.default`, value: isNumber ? Number(value) : value },
  };
}

/** What has to stand for the placeholder of `gpu:{{count}}` to make `gpu:2`; null when nothing does. */
function valueWithin(written: string, wanted: string): string | null {
  const [before = '', after = ''] = written.split(/\{\{[^{}]*\}\}/);
  if (!wanted.startsWith(before) || !wanted.endsWith(after) || wanted.length < before.length + after.length)
    return null;
  return wanted.slice(before.length, wanted.length - after.length);
}

function checkModules(template: Template, values: ParameterValues, known: ClusterModules | null): Problem[] {
  const wanted = template.modules.flatMap((entry, at) => {
    const names = placeholderNames(entry);
    const parameter = names.length === 1 && entry.trim() === `{{${names[0] ?? ''}}}` ? (names[0] ?? null) : null;
    return resolvePlaceholders(entry, values)
      .text.split(/\s+/)
      .filter(Boolean)
      .map((name, _, all) => ({
        name,
        field:
          names.length === 0
            ? `modules.${String(at)}`
            : parameter !== null && all.length === 1
              ? `parameters.${parameter}.default`
              : null,
      }));
  });
  if (wanted.length === 0) return [];
  if (known === null) return [unlearnt('modules-unknown', message('fit.modulesUnknown'), message('fit.openModules'))];
  if (known.system === 'none')
    return [missing('modules-none', message('fit.noModuleCommand'), message('fit.takeModulesOut'), null, null)];
  return wanted.flatMap(({ name, field }) => {
    if (hasModule(known, name)) return [];
    const instead = moduleInstead(known, name);
    const hint = instead === null ? message('fit.otherClusterOrName') : message('fit.moduleInstead', { name: instead });
    return [
      missing(
        'module-missing',
        message('fit.moduleMissing', { name }),
        hint,
        field,
        instead === null || field === null
          ? null
          : { label: message('words.use', { value: instead }), field, value: instead },
      ),
    ];
  });
}

function hasModule({ modules }: ClusterModules, wanted: string): boolean {
  return modules.some(
    ({ name, versions }) => name === wanted || versions.some((version) => `${name}/${version}` === wanted),
  );
}

/** The same software in the version that the site names first, else its newest; else the name that was probably meant. */
function moduleInstead({ modules }: ClusterModules, wanted: string): string | null {
  const name = wanted.replace(/\/[^/]*$/, '');
  const found =
    modules.find((each) => each.name === name) ??
    modules.find((each) => each.name.toLowerCase() === name.toLowerCase()) ??
    modules.find(
      (each) =>
        each.name ===
        nearest(
          name,
          modules.map((other) => other.name),
        ),
    );
  if (found === undefined) return null;
  const version = found.defaultVersion ?? found.versions.at(-1);
  return version === undefined || version === '' ? found.name : `${found.name}/${version}`;
}

/** What speaks against each of the images that the template allows: nothing, as long as there is one that would start. */
function checkUse(images: readonly ImageSummary[], asked: SlurmRequest, facts: ClusterFacts): Problem[] {
  const [first, ...others] = images.map((image) =>
    imageProblems({ path: image.path, known: image, earlier: null, script: '', isOneComputer: true }, asked, facts),
  );
  // of several the person will choose: what is said is what holds for all
  return first === undefined ||
    others.some((each) => !each.some(isError)) ||
    (others.length > 0 && !first.some(isError))
    ? []
    : first;
}

function checkImage(
  { image }: Template,
  known: readonly ImageSummary[] | null,
  asked: SlurmRequest,
  facts: ClusterFacts,
): Problem[] {
  if (image.mode === 'none') return [];
  if (known === null) return [unlearnt('images-unknown', message('fit.imagesUnknown'), message('fit.openImages'))];
  const partition = asked.partition ?? null;
  const allowed = allowedAmong(image, known, partition);
  if (allowed.length > 0) return checkUse(allowed, asked, facts);
  const { allowedImages } = image;
  if (known.length === 0)
    return [missing('image-missing', message('fit.noImages'), message('fit.putImage'), 'image', null)];
  const near = nearestImages(image, known, partition);
  const words = nearestWords(near);
  const [instead] = near;
  const what =
    allowedImages.length === 0
      ? message('fit.noneOfPartition', { partition: image.partition ?? partition ?? '' })
      : message('fit.noneOfImages', { names: allowedImages.slice(0, 5).join(', ') });
  return [
    missing(
      'image-missing',
      what,
      words === null
        ? message('fit.putTheImage')
        : both(message('fit.nearestImages', { images: words }), message('fit.putTheImage')),
      'image',
      // what another partition keeps, or is no longer there, is no use under its name
      instead === undefined ||
        allowedImages.length !== 1 ||
        allowedAmong({ ...image, allowedImages: [instead.image.name] }, known, partition).length === 0
        ? null
        : {
            label: message('words.use', { value: instead.image.name }),
            field: 'apptainer.image_name',
            value: instead.image.name,
          },
    ),
  ];
}

const missing = (rule: string, what: Message, hint: Message, field: string | null, fix: Problem['fix']): Problem =>
  problem({
    rule,
    code: rule === 'image-missing' ? ERRORS.IMAGE_NOT_FOUND.code : ERRORS.REQUEST_INVALID.code,
    severity: 'error',
    message: what,
    hint,
    field,
    fix,
  });

const unlearnt = (rule: string, what: Message, hint: Message): Problem =>
  problem({ rule, code: ERRORS.NOT_CONNECTED.code, severity: 'info', message: what, hint });
