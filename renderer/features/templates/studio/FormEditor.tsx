import { sayText } from '../../../i18n/problem.ts';
import { useMemo, useRef, useState } from 'react';
import { t } from '../../../i18n/index.ts';
import { optionKey, optionName } from '../../../../shared/domain/request/optionNames.ts';
import { FormGrid, Group, ProblemLine, Section, Select } from '../../../ui/index.ts';
import { groupLabel } from '../browser/index.ts';
import { BoundField } from './BoundField.tsx';
import { applyEdits } from './editing.ts';
import type { StudioDocument } from './documents.ts';
import { outlineOf, textOf, type Outline, type Path } from './outline.ts';
import { ParameterBuilder } from './ParameterBuilder.tsx';
import { SlotBuilder, type ApplyEdits } from './SlotBuilder.tsx';

const CATEGORIES = ['custom', 'ml', 'molecular', 'cfd', 'structural', 'data'] as const;
const RESOURCES = [
  'partition',
  'time',
  'nodes',
  'ntasks',
  'cpus_per_task',
  'mem',
  'gres',
  'account',
  'qos',
  'constraint',
] as const;
type ScriptPart = 'pre_exec' | 'main_exec' | 'post_exec' | 'finally_exec' | 'on_signal';

type Data = Readonly<Record<string, unknown>>;
const mapOf = (value: unknown): Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Data) : {};
const listText = (value: unknown): string => (Array.isArray(value) ? value.map(textOf).join(', ') : textOf(value));
const readList = (text: string): string[] => text.split(',').flatMap((item) => item.trim() || []);

/** The template as a form. Each change goes into the text at once, and what is changed there is shown here. */
export function FormEditor({ document }: { document: StudioDocument }) {
  const { key, text } = document;
  const outline = useMemo(() => outlineOf(text), [text]);
  // while a text is no YAML the form shows what it last was
  const last = useRef<Outline | null>(outline);
  if (outline !== null) last.current = outline;
  const shown = last.current;
  const apply: ApplyEdits = (field, edits) => applyEdits(key, field, edits);
  return (
    <div className="studio-preview">
      {outline === null ? (
        <div className="studio-bar">
          <ProblemLine problem={{ severity: 'warning', message: t('studio.noYaml') }} />
        </div>
      ) : null}
      <fieldset
        className="studio-form"
        disabled={outline === null}
        aria-label={t('studio.tabs.form')}
        data-testid="template-form"
      >
        {shown ? (
          <>
            <About root={shown.root} apply={apply} />
            <Group title={t('studio.parameters.title')}>
              <ParameterBuilder
                parameters={shown.parameters}
                slotNames={shown.slots.map(({ data }) => data['name'])}
                apply={apply}
              />
            </Group>
            <Group title={t('studio.slots.inputs')}>
              <SlotBuilder slots={shown.slots} group="input_schema" apply={apply} />
            </Group>
            <Group title={t('studio.slots.configs')}>
              <SlotBuilder slots={shown.slots} group="config_schema" apply={apply} />
            </Group>
            <Resources root={shown.root} apply={apply} />
            <Script root={shown.root} apply={apply} />
          </>
        ) : null}
      </fieldset>
    </div>
  );
}

interface PartProps {
  root: Data;
  apply: ApplyEdits;
}

/** Sets a value, or takes the key away when there is none. */
function put(apply: ApplyEdits, parent: Data, path: Path, value: unknown): void {
  const isNone = value === '' || (Array.isArray(value) && value.length === 0);
  const name = path.at(-1) ?? '';
  if (!isNone) apply(path.join('.'), [{ kind: 'set', path, value }]);
  else if (name in parent) apply(path.join('.'), [{ kind: 'remove', path }]);
}

function About({ root, apply }: PartProps) {
  const about = mapOf(root['template']);
  const set = (name: string, value: unknown): void => put(apply, about, ['template', name], value);
  const field = (name: string, label: string, more: { mono?: boolean; rows?: number; help?: string } = {}) => (
    <BoundField
      label={label}
      name={`template.${name}`}
      value={textOf(about[name])}
      onCommit={(value) => set(name, value)}
      {...more}
    />
  );
  const category = textOf(about['category']) || 'custom';
  return (
    <Group title={t('studio.about.title')}>
      <FormGrid>
        {field('display_name', t('studio.about.name'))}
        {field('id', t('studio.about.id'), { mono: true })}
        <Select
          label={t('studio.category')}
          value={category}
          onChange={(value) => set('category', value)}
          items={[...new Set<string>([...CATEGORIES, category])].map((id) => ({ id, label: groupLabel(id) }))}
        />
        {field('version', t('studio.about.version'))}
        {field('author', t('studio.about.author'))}
        <BoundField
          label={t('templates.tags')}
          help={t('studio.about.tagsHelp')}
          value={listText(about['tags'])}
          onCommit={(value) => set('tags', readList(value))}
        />
      </FormGrid>
      {field('description', t('studio.about.description'), { rows: 2 })}
    </Group>
  );
}

function Resources({ root, apply }: PartProps) {
  const slurm = mapOf(root['slurm']);
  const image = root['apptainer'];
  const given = (name: string): unknown => Object.entries(slurm).find(([key]) => optionKey(key) === name)?.[1];
  /** One with rules has its value, where no rule holds, below it. */
  const isRuled = (name: string): boolean => 'rules' in mapOf(given(name));
  const others = Object.keys(slurm)
    .map(optionKey)
    .filter((name) => !(RESOURCES as readonly string[]).includes(name));
  const imageName = typeof image === 'string' ? image : textOf(mapOf(image)['image_name'] ?? mapOf(image)['image']);
  const isPlainImage =
    image === undefined || typeof image === 'string' || 'image_name' in mapOf(image) || 'image' in mapOf(image);
  return (
    <Group title={t('studio.resources')}>
      <FormGrid>
        {[...RESOURCES, ...others].map((name) => (
          <BoundField
            key={name}
            label={sayText(optionName(name))}
            {...(isRuled(name) ? { help: t('studio.ruled') } : {})}
            value={textOf(isRuled(name) ? mapOf(given(name))['value'] : given(name))}
            onCommit={(text) =>
              put(
                apply,
                isRuled(name) ? mapOf(given(name)) : given(name) === undefined ? {} : { [name]: true },
                isRuled(name) ? ['slurm', name, 'value'] : ['slurm', name],
                /^\d{1,9}$/.test(text) ? Number(text) : text,
              )
            }
          />
        ))}
        {isPlainImage ? (
          <BoundField
            label={t('studio.image')}
            help={t('studio.imageHelp')}
            placeholder="pytorch_cuda.sif"
            value={imageName}
            onCommit={(text) => {
              const isWhole = image === undefined || typeof image === 'string';
              if (text !== '')
                apply('apptainer', [
                  {
                    kind: 'set',
                    path: isWhole ? ['apptainer'] : ['apptainer', 'image_name'],
                    value: isWhole ? { image_name: text } : text,
                  },
                ]);
              else if (image !== undefined)
                apply('apptainer', [{ kind: 'remove', path: isWhole ? ['apptainer'] : ['apptainer', 'image_name'] }]);
            }}
          />
        ) : null}
        <BoundField
          label={t('studio.modules')}
          help={t('studio.modulesHelp')}
          value={listText(root['modules'])}
          onCommit={(text) => put(apply, root, ['modules'], readList(text))}
        />
      </FormGrid>
    </Group>
  );
}

function Script({ root, apply }: PartProps) {
  const script = mapOf(root['script']);
  const files = mapOf(root['files']);
  const [isOpen, setOpen] = useState(false);
  const part = (name: ScriptPart, rows: number) => (
    <BoundField
      key={name}
      label={t(`studio.script.${name}`)}
      mono
      rows={rows}
      value={textOf(script[name])}
      onCommit={(text) =>
        name === 'main_exec'
          ? apply('script.main_exec', [{ kind: 'set', path: ['script', 'main_exec'], value: text }])
          : put(apply, script, ['script', name], text)
      }
    />
  );
  return (
    <Group title={t('studio.script.title')}>
      {part('main_exec', 8)}
      <Section title={t('studio.script.more')} isOpen={isOpen} onToggle={setOpen}>
        {part('pre_exec', 5)}
        {part('post_exec', 4)}
        {part('finally_exec', 4)}
        {part('on_signal', 3)}
        <BoundField
          label={t('studio.script.output')}
          mono
          placeholder="results/*.csv"
          value={listText(files['output_pattern'])}
          onCommit={(text) => put(apply, files, ['files', 'output_pattern'], text)}
        />
      </Section>
    </Group>
  );
}
