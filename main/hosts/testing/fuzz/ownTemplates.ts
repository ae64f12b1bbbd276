const template = (id: string, rest: string): string => `template:
  id: ${id}
  name: ${id}
  display_name: A job of the fuzz
  description: Says something, and ends.
  category: custom
  version: "1.0.0"
  author: test
${rest}`;

/** Templates whose jobs do no harm, whatever is set in their forms or cut out of their texts: they only say things. */
export const OWN_TEMPLATES: Readonly<Record<string, string>> = {
  'own-quick': template(
    'own-quick',
    `slurm: { time: "00:05:00", mem: 100M }
files:
  input_schema:
    optional: [{ name: data, pattern: "*.dat", description: Any bytes, type: data, max_size: 10MB }]
script:
  main_exec: |
    slipway_progress 40 "on the way"
    echo "ran in $PWD"
`,
  ),
  'own-form': template(
    'own-form',
    `slurm: { time: "{{hours}}:00:00", mem: 100M, ntasks: "{{tasks}}" }
parameters:
  - { name: hours, type: integer, label: Hours, default: 1, min: 1, max: 9 }
  - { name: tasks, type: integer, label: Tasks, default: 1, min: 1, rules: [{ when: { kind: b }, max: 4, default: 2, label: Tasks of b }] }
  - { name: title, type: text, label: Title, default: none, pattern: "^[a-z ]*$" }
  - { name: kind, type: select, label: Kind, default: a, options: [a, b] }
  - { name: several, type: multiselect, label: Several, default: [a], options: [a, b, c] }
  - { name: precise, type: number, label: Precise, default: 0.5, visible_when: { field: kind, is: b } }
  - { name: wait, type: duration, label: Wait, default: "00:01:00" }
  - { name: room, type: memory, label: Room, default: 1G }
  - { name: folder, type: path, label: Folder, default: /tmp }
  - { name: verbose, type: boolean, label: Verbose, default: false }
files:
  input_schema:
    required: [{ name: data, pattern: "*.dat", description: Any bytes, type: data, max_size: 10MB }]
  config_schema:
    optional:
      - { name: settings, pattern: "config.{yaml,json}", description: Settings, format: yaml, schema: { type: object, properties: { steps: { type: integer } } } }
generated_files:
  - { name: input.in, content: "title {{title}}\\nhours {{hours}}\\n" }
output_pattern: "*.out"
script:
  pre_exec: echo "$PARAM_TITLE"
  main_exec: |
    echo "$PARAM_HOURS" "$PARAM_KIND"
    cat input.in
  post_exec: echo done
  finally_exec: echo "$slipway_status"
  on_signal: slipway_pass_on TERM
`,
  ),
  'own-failing': template(
    'own-failing',
    'slurm: { time: "00:01:00" }\nscript:\n  main_exec: |\n    echo "no such luck" >&2\n    exit 7\n',
  ),
  'own-array': template(
    'own-array',
    'slurm: { time: "00:01:00", array: 0-2 }\nscript:\n  main_exec: echo "$SLURM_ARRAY_TASK_ID"\n',
  ),
};
