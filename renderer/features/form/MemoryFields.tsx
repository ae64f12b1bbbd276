import { useState } from 'react';
import { replacedOptions } from '../../../shared/domain/request/exclusiveOptions.ts';
import { withSlurmRules } from '../../../shared/domain/template/slurmRules.ts';
import { t } from '../../i18n/index.ts';
import { FormRow, Select } from '../../ui/index.ts';
import { resourceText } from './session/draft.ts';
import { MEMORY_OPTIONS, type MemoryOption } from './focusField.ts';
import { labelOf } from './resourceLabels.ts';
import { useFormSession } from './formSessionContext.ts';
import { SpelledResource } from './SpelledResource.tsx';
import { readableMemory, spellMemory } from './spelling.ts';

const PLACEHOLDERS: Readonly<Record<MemoryOption, string>> = { mem: '32G', mem_per_cpu: '4G', mem_per_gpu: '64G' };

/** Memory of a node, a CPU or a GPU: sbatch takes one of them, so a value in one takes the others away. */
export function MemoryFields() {
  const template = useFormSession((session) => session.detail.template);
  const draft = useFormSession((session) => session.draft);
  const [picked, setPicked] = useState<MemoryOption | null>(null);
  const asked = MEMORY_OPTIONS.filter((key) => resourceText(template, draft, key) !== '');
  const kind = picked ?? asked[0] ?? 'mem';
  const { slurm } = withSlurmRules(template, draft.parameters);
  const replaced = MEMORY_OPTIONS.find((key) => replacedOptions(slurm, draft.resources).has(key));
  return (
    <FormRow>
      {MEMORY_OPTIONS.filter((key) => key === kind || asked.includes(key)).map((key) => (
        <SpelledResource
          key={key}
          resource={key}
          spell={spellMemory}
          read={readableMemory}
          placeholder={PLACEHOLDERS[key]}
        />
      ))}
      <Select
        label={t('launch.resources.memoryKind')}
        items={MEMORY_OPTIONS.map((key) => ({ id: key, label: t(`launch.resources.memoryOf.${key}`) }))}
        value={kind}
        onChange={(key) => setPicked(key as MemoryOption)}
        {...(replaced === undefined
          ? {}
          : {
              help: t('launch.resources.replaces', {
                label: labelOf(replaced),
                value: String(slurm[replaced]),
              }),
            })}
      />
    </FormRow>
  );
}
