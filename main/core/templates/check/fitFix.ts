import { isMap, isSeq } from 'yaml';
import type { Change } from '../../../../shared/domain/problem/schema.ts';
import { optionKey } from '../../../../shared/domain/request/options.ts';
import type { TemplateEdit } from '../../../../shared/domain/template/studio.ts';
import { readYamlDocument } from '../format/yamlDocument.ts';

/** The changes of a template's text that a fix of `fitReport` means, however the text spells the place. Empty when it has no such place. */
export function editsOfFix(text: string, { field, value }: Change): TemplateEdit[] {
  const root = readYamlDocument(text)?.contents;
  if (!isMap(root)) return [];
  const [place = '', ...rest] = field.split('.');
  const [key = ''] = rest;
  switch (place) {
    case 'slurm': {
      // the option may stand there with `-`
      const slurm = root.get('slurm');
      const spelled = (isMap(slurm) ? slurm.items.map(({ key: each }) => String(each)) : []).find(
        (each) => optionKey(each) === key,
      );
      if (value === '') return spelled === undefined ? [] : [{ kind: 'remove', path: ['slurm', spelled] }];
      return [{ kind: 'set', path: ['slurm', spelled ?? key], value }];
    }
    case 'parameters': {
      const parameters = root.get('parameters');
      const at = isSeq(parameters)
        ? parameters.items.findIndex((item) => isMap(item) && String(item.get('name')) === key)
        : -1;
      if (at !== -1) return [{ kind: 'set', path: ['parameters', at, 'default'], value }];
      return isMap(parameters) && parameters.has(key)
        ? [{ kind: 'set', path: ['parameters', key, 'default'], value }]
        : [];
    }
    case 'modules':
      return [{ kind: 'set', path: isSeq(root.get('modules')) ? ['modules', Number(key)] : ['modules'], value }];
    case 'apptainer': {
      const rule = root.get('apptainer');
      if (!isMap(rule)) return [{ kind: 'set', path: ['apptainer'], value }];
      if (isSeq(rule.get('allowed_images'))) return [{ kind: 'set', path: ['apptainer', 'allowed_images', 0], value }];
      return [{ kind: 'set', path: ['apptainer', rule.has('image') ? 'image' : 'image_name'], value }];
    }
    default:
      return [];
  }
}
