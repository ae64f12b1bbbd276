import { message } from '../../../../shared/messages/message.ts';
import type { ImageRule } from '../../../../shared/domain/template/schema.ts';
import { nearest } from './nearest.ts';
import { didYouMean, Section } from './section.ts';

const NONE: ImageRule = {
  mode: 'none',
  partition: null,
  userSelectable: false,
  allowedImages: [],
  app: null,
  bind: [],
};
const MODES = ['none', 'partition', 'fixed', 'any'] as const;

const imageName = {
  expected: message('format.a.image'),
  test: (value: string) => /^[^\p{Cc}]{1,255}$/u.test(value),
};
const appName = {
  expected: message('format.a.app'),
  test: (value: string) => /^[^\p{Cc}]{1,255}$/u.test(value),
};
const PARTS = ['pre_exec', 'main_exec', 'post_exec', 'finally_exec'] as const;
const scriptPart = {
  expected: message('format.a.scriptPart'),
  test: (value: string) => PARTS.some((part) => part === value),
};
const bindMount = {
  expected: message('format.a.bind'),
  test: (value: string) => /^[^\p{Cc},]{1,4096}$/u.test(value),
};

/**
 * `apptainer:` in any of its forms: absent (no container), an image's name alone, `image_name`, or a `mode`. An `image_name` is a
 * fixed image that the person cannot change unless `user_selectable` says so.
 */
export function readImageRule(root: Section, slurmPartition: string | undefined): ImageRule {
  const entry = root.entry('apptainer');
  if (entry === null) return NONE;
  const short = entry.value;
  if (short.kind === 'scalar') {
    if (short.value === false || short.value === 'none') return NONE;
    const name = root.text('apptainer', '', imageName);
    return name === '' ? NONE : { ...NONE, mode: 'fixed', allowedImages: [baseName(root, 'apptainer', name)] };
  }
  const section = root.section('apptainer');
  if (section === null) return NONE;

  const named = section.optionalText(['image_name', 'image'], imageName);
  const listed = section.texts('allowed_images', imageName);
  const allowedImages = [
    ...new Set(
      [...(named === null ? [] : [named]), ...listed].map((name) =>
        baseName(section, named === name ? 'image_name' : 'allowed_images', name),
      ),
    ),
  ];
  const partition = section.optionalText('partition');
  const mode = readMode(
    section,
    named !== null ? 'fixed' : partition !== null ? 'partition' : allowedImages.length > 0 ? 'fixed' : 'any',
  );
  const rule: ImageRule = {
    mode,
    partition:
      partition ??
      (mode === 'partition' && slurmPartition !== undefined && !slurmPartition.includes('{{') ? slurmPartition : null),
    userSelectable: section.flag(
      'user_selectable',
      mode !== 'none' && named === null && !(mode === 'fixed' && allowedImages.length === 1),
    ),
    allowedImages,
    app: section.optionalText('app', appName),
    bind: section.texts('bind', bindMount),
    ...readStart(section),
  };
  if (mode === 'fixed' && allowedImages.length === 0)
    section.report.error(
      'missing-key',
      section.key('allowed_images'),
      section.map.at,
      message('format.imagesListedHere'),
    );
  section.end();
  return rule;
}

/** How the image is started, as far as the template says it. */
function readStart(section: Section): Partial<ImageRule> {
  const has = (name: string): boolean => section.entry(name) !== null;
  return {
    ...(has('wrap') ? { wrap: section.choice('wrap', ['script', 'app', 'run', 'none'], 'script') } : {}),
    ...(has('inside') ? { inside: readInside(section) } : {}),
    ...(has('gpu') ? { gpu: section.choice('gpu', ['nv', 'rocm', 'none'], 'nv') } : {}),
    ...(has('python_user_site') ? { pythonUserSite: section.flag('python_user_site', false) } : {}),
    ...(has('verify') ? { verify: section.choice('verify', ['identity', 'digest'], 'identity') } : {}),
    ...(has('tmpdir') ? { tmpdir: section.choice('tmpdir', ['run', 'site'], 'run') } : {}),
  };
}

/** Where the main part runs inside, what is around it may too: in another order nothing would be where it is looked for. */
function readInside(section: Section): NonNullable<ImageRule['inside']> {
  const given = section.texts('inside', scriptPart);
  return PARTS.filter((part) => part === 'main_exec' || given.includes(part));
}

function readMode(section: Section, implied: ImageRule['mode']): ImageRule['mode'] {
  const given = section.optionalText('mode');
  if (given === null) return implied;
  const found = MODES.find((mode) => mode === given);
  if (found !== undefined) return found;
  const near = nearest(given, MODES);
  const entry = section.entry('mode');
  if (entry !== null)
    section.report.error(
      'value',
      section.key('mode'),
      entry.value.at,
      message('format.oneOf', {
        choices: MODES.join(', '),
        found: message('format.value.text', { text: given.slice(0, 60) }),
      }),
      didYouMean(near),
    );
  return implied;
}

/** Images are matched by name against what is found on the cluster; the folder is not looked at. */
function baseName(section: Section, key: string, name: string): string {
  const base = name.slice(name.lastIndexOf('/') + 1);
  const entry = section.entry(key);
  if (base !== name && entry !== null)
    section.report.warn('image-folder', section.key(key), entry.value.at, message('format.imageFolder', { name }));
  return base === '' ? name : base;
}
