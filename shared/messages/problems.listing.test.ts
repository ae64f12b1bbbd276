import { describe, expect, it } from 'vitest';
import { say } from './catalogue.ts';
import { both, message as m, type Message } from './message.ts';

/** Sentences as they are made, to be read side by side: nested, counted, and with particles. */
const PARTS: Readonly<Record<string, readonly (readonly [Message, english: string, korean: string])[]>> = {
  limits: [
    [
      m('limits.timeOverPartition', { most: '24 h', partition: 'normal', asked: '36 h' }),
      'At most 24 h in “normal”; 36 h is asked for.',
      '파티션 “normal”에서는 최대 24 h입니다. 요청: 36 h.',
    ],
    [
      both(m('limits.fitsWithQos', { what: '6 h', name: 'normal' }), m('limits.neverStarts')),
      '6 h fits with the QOS “normal”. Slurm would take it and never start it.',
      'QOS “normal”을(를) 쓰면 가능합니다: 6 h. Slurm이 받아들이지만 영영 시작하지 않습니다.',
    ],
    [
      m('limits.overPolicy', {
        holder: m('limits.holderFirst.qos', { name: 'big' }),
        per: m('limits.per.user'),
        most: m('words.gpus', { count: 4 }),
        asked: m('words.typedGpus', { count: 8, type: 'a100' }),
        count: 8,
      }),
      'The QOS “big” gives one user at most 4 GPUs; 8 a100 GPUs are asked for.',
      'QOS(서비스 품질) “big”에서는 사용자당 최대 GPU 4개입니다. 요청: a100 GPU 8개.',
    ],
    [
      m('limits.gpusOverNode', { count: 1, partition: 'cpu', most: 0 }),
      '1 GPU on one node is more than a node of “cpu” has, 0.',
      '노드 하나에 GPU 1개는 파티션 “cpu”의 노드에 있는 0개보다 많습니다.',
    ],
    [
      m('limits.atLimit', {
        used: m('words.cpus', { count: 6 }),
        limit: m('words.cpus', { count: 8 }),
        holder: m('limits.holder.account', { name: 'chem' }),
        per: m('limits.per.everybody'),
      }),
      'Your running jobs have 6 CPUs of the 8 CPUs that the account “chem” gives everybody together; this one will wait.',
      '계정 “chem”에서는 모두를 합해 CPU 8개까지이며, 내 실행 중인 작업이 그중 CPU 6개를 쓰고 있으므로 이 작업은 기다리게 됩니다.',
    ],
    [m('words.askFor', { amount: m('words.nodes', { count: 1 }) }), 'Ask for 1 node', '노드 1개 요청'],
  ],
  parameters: [
    [
      m('words.about', { what: 'Epochs', text: m('parameters.atMost', { limit: '100 rounds' }) }),
      'Epochs: must be at most 100 rounds.',
      'Epochs: 100 rounds 이하여야 합니다.',
    ],
    [
      m('parameters.over.time', { label: 'Walltime', most: '4 h', partitions: '“gpu”', asked: '12 h' }),
      'Walltime: at most 4 h in “gpu”; 12 h is asked for.',
      'Walltime: “gpu”에서는 최대 4 h입니다. 요청: 12 h.',
    ],
  ],
  options: [
    [
      m('options.excluded.refused', { one: m('options.name.mem'), other: m('options.name.mem_per_cpu') }),
      '“Memory per node” and “Memory per CPU” exclude each other: sbatch refuses both together.',
      '“노드당 메모리”와 “CPU당 메모리”는 함께 쓸 수 없습니다. sbatch가 둘을 함께 거부합니다.',
    ],
    [
      m('words.about', { what: m('options.name.time'), text: m('options.expected.time') }),
      'Time limit: a time like 04:00:00 or 1-12:00:00 is expected; a number alone is minutes.',
      '시간 제한: 04:00:00 또는 1-12:00:00과 같은 시간을 입력하세요. 숫자만 쓰면 분입니다.',
    ],
  ],
  scripts: [
    [
      m('scripts.changedByHand', { option: m('options.name.mem'), there: '9 GiB', here: '2 GiB' }),
      'Memory per node was changed by hand in the script: 9 GiB there, 2 GiB here.',
      '노드당 메모리를 스크립트에서 직접 바꾸었습니다. 스크립트: 9 GiB, 여기: 2 GiB.',
    ],
    [
      m('scripts.conflictInScript', { count: 1 }),
      'The form now changes the script where you edited it by hand, in one place.',
      '직접 편집한 스크립트의 1곳을 이제 양식도 바꿉니다.',
    ],
    [
      m('scripts.conflictInFile', { file: 'run.conf', count: 3 }),
      'The form now changes run.conf where you edited it by hand, in 3 places.',
      '직접 편집한 run.conf의 3곳을 이제 양식도 바꿉니다.',
    ],
    [
      m('scripts.wouldTakeInOn', { partition: 'normal', nodes: 'cn1' }),
      'Slurm would take the job in normal on cn1.',
      'Slurm이 이 작업을 받아들일 것입니다(파티션 normal, 노드 cn1).',
    ],
  ],
  files: [
    [
      m('files.checkFailed', {
        file: 'a.dat',
        fault: m('files.check.columns', { line: 3, found: 2, expected: 4 }),
        check: 'table',
      }),
      'a.dat: line 3 has 2 columns, and 4 are expected (table).',
      'a.dat: 3행에 열이 2개인데 4개여야 합니다(table).',
    ],
    [
      m('files.configAtLine', {
        file: 'c.yaml',
        line: 2,
        fault: m('files.schema.atKey', { key: 'epochs', fault: m('files.schema.oneOf', { values: '1, 2' }) }),
      }),
      'c.yaml, line 2: epochs must be one of 1, 2.',
      'c.yaml 2행: epochs: 다음 중 하나여야 합니다: 1, 2.',
    ],
    [
      m('files.oddity.windowsLineEnds', { file: 'run.sh' }),
      'run.sh has Windows line ends: bash takes them for a part of each command, and the system for a part of the interpreter’s name.',
      'run.sh의 줄 끝이 Windows 형식입니다. bash는 이를 명령의 일부로, 시스템은 인터프리터 이름의 일부로 봅니다.',
    ],
  ],
  format: [
    [
      m('words.about', {
        what: 'slurm.time',
        text: m('format.found', { expected: m('format.a.time'), found: m('format.value.list', { count: 2 }) }),
      }),
      'slurm.time: expected a time like 01:00:00, found a list of 2.',
      'slurm.time: 01:00:00과 같은 시간이어야 하는데 항목 2개의 목록이 있습니다.',
    ],
    [m('words.didYouMean', { name: 'partition' }), 'Did you mean “partition”?', '“partition”을(를) 말씀하셨나요?'],
    [
      m('format.limitType', { limit: 'partition.max_time', wanted: 'duration', type: 'integer' }),
      'partition.max_time limits a parameter of type duration; this one is of type integer.',
      'partition.max_time은(는) duration 형 매개변수를 제한합니다. 이것은 integer 형입니다.',
    ],
  ],
  fit: [
    [
      m('fit.moduleMissing', { name: 'gcc/13.1' }),
      'The cluster has no module “gcc/13.1”.',
      '클러스터에 모듈 “gcc/13.1”이 없습니다.',
    ],
    [
      m('fit.noneOfImages', { names: 'a.sif, b.sif' }),
      'The cluster has none of the template’s images: a.sif, b.sif.',
      '클러스터에 템플릿의 이미지가 하나도 없습니다: a.sif, b.sif.',
    ],
  ],
  imports: [
    [
      m('imports.script.leftOut', {
        line: 3,
        option: '--mem-per-cpu=1G',
        why: m('options.excluded.refused', { one: m('options.name.mem'), other: m('options.name.mem_per_cpu') }),
      }),
      'Left out: line 3 says “--mem-per-cpu=1G”. “Memory per node” and “Memory per CPU” exclude each other: sbatch refuses both together.',
      '뺐습니다. 3행에 “--mem-per-cpu=1G”이(가) 있습니다. “노드당 메모리”와 “CPU당 메모리”는 함께 쓸 수 없습니다. sbatch가 둘을 함께 거부합니다.',
    ],
    [
      m('imports.script.notTaken', { reason: m('options.ours.output') }),
      'Not taken over: Slipway follows the output at slurm-%j.out in the run folder.',
      '가져오지 않았습니다. Slipway는 실행 폴더의 slurm-%j.out에서 출력을 따라갑니다.',
    ],
    [
      m('imports.script.takenAs', { value: '01:00:00', reason: m('options.expected.time') }),
      'Taken over as “01:00:00”: a time like 04:00:00 or 1-12:00:00 is expected; a number alone is minutes.',
      '“01:00:00”으로 가져왔습니다. 04:00:00 또는 1-12:00:00과 같은 시간을 입력하세요. 숫자만 쓰면 분입니다.',
    ],
    [
      m('imports.foreign.excluded', { option: '--mem=4G', other: '--mem-per-cpu' }),
      'It means “--mem=4G”, which “--mem-per-cpu” of another line excludes.',
      '“--mem=4G”을(를) 뜻하지만 다른 줄의 “--mem-per-cpu”과(와) 함께 쓸 수 없습니다.',
    ],
    [m('imports.flat.templates', { count: 1 }), '1 template', '템플릿 1개'],
    [
      m('openComposer.hideEachOther', { shown: 'queue_2', of: 'kind' }),
      'Each hides the other in Open Composer. Here “queue_2” is shown whatever “kind” says.',
      'Open Composer에서는 서로를 숨깁니다. 여기서는 “kind”의 값과 상관없이 “queue_2”가 표시됩니다.',
    ],
    [
      m('batchConnect.writtenAnew', { placeholder: '{{name}}' }),
      'Written anew for each job by Ruby on the portal. Put a text with {{name}} for its fields under “generated_files:”.',
      '포털에서 Ruby가 작업마다 새로 쓰는 파일입니다. 항목 자리에 {{name}}을(를) 쓴 텍스트를 “generated_files:”에 넣으세요.',
    ],
  ],
  rejection: [
    [
      m('rejection.limit.named', {
        reason: m('rejection.limit.submittedQos', { holder: m('rejection.limit.holder.user') }),
        name: 'QOSMaxSubmitJobPerUserLimit',
      }),
      'one user may have no more jobs submitted at a time under this QOS, running and waiting together (QOSMaxSubmitJobPerUserLimit).',
      '사용자 한 명: 이 QOS로 실행 중이거나 대기 중인 작업을 한 번에 더 제출할 수 없습니다(QOSMaxSubmitJobPerUserLimit).',
    ],
    [
      m('rejection.option.named', { words: "unrecognized option '--x'" }),
      "sbatch does not understand a value or option of the script: unrecognized option '--x'",
      "sbatch가 스크립트의 값이나 옵션을 이해하지 못합니다: unrecognized option '--x'",
    ],
  ],
};

describe.each(Object.entries(PARTS))('what is said of %s', (_, sentences) => {
  it.each(sentences.map(([sentence, english, korean]) => ({ sentence, english, korean })))(
    '$english',
    ({ sentence, english, korean }) => {
      expect([say('en', sentence), say('ko', sentence)]).toEqual([english, korean]);
    },
  );
});
