import { t } from '../../../i18n/index.ts';

/** What a new template begins with: the smallest one that runs, with an example of each part. The id must not be taken. */
export function starterText(id: string): string {
  return `template:
  id: ${id}
  display_name: ${JSON.stringify(t('studio.starter.name'))}
  description: ""
  category: custom
  version: "1.0.0"

parameters:
  - { name: greeting, type: text, label: ${JSON.stringify(t('studio.starter.greeting'))}, default: "world" }

slurm: { nodes: 1, ntasks: 1, cpus_per_task: 1, mem: 1G, time: "00:10:00" }

script:
  main_exec: |
    echo "Hello, $PARAM_GREETING"
`;
}

/** `my-template`, `my-template-2`, … */
export function freeId(taken: ReadonlySet<string>, wanted = 'my-template'): string {
  let id = wanted;
  for (let count = 2; taken.has(id); count += 1) id = `${wanted}-${String(count)}`;
  return id;
}
