import { describe, expect, it } from 'vitest';
import type { Draft, DraftFile } from '../../../../shared/domain/job/draft.ts';
import type { ClusterId, FileHandleId } from '../../../../shared/domain/ids.ts';
import type { Parameter, Template } from '../../../../shared/domain/template/schema.ts';
import {
  isChanged,
  parameterValue,
  resourceText,
  withFieldReset,
  withFileAgain,
  withFileInSlot,
  withFiles,
  withFix,
  withoutFile,
  withParameter,
  withResource,
} from './draft.ts';

const epochs: Parameter = {
  name: 'epochs',
  type: 'integer',
  label: 'Epochs',
  help: '',
  default: 30,
  unit: null,
  min: 1,
  max: null,
  step: null,
  limit: null,
  pattern: null,
  options: [],
  optionsFrom: null,
  group: null,
  row: null,
  advanced: false,
  required: true,
  visibleWhen: [],
  rules: [],
};
const TEMPLATE: Pick<Template, 'name' | 'parameters' | 'slurm'> = {
  name: 'my simulation',
  parameters: [epochs],
  slurm: { partition: 'gpu', nodes: 1, mem: '32G' },
};

const EMPTY: Draft = {
  clusterId: 'demo' as ClusterId,
  templateId: 't',
  templateSource: 'official',
  jobName: 'my-simulation',
  parameters: {},
  resources: {},
  imagePath: null,
  files: [],
};

function file(name: string, slot: string | null = null, handle = `f-${name}`): DraftFile {
  return { handle: handle as FileHandleId, name, size: 10, slot };
}

describe('a draft', () => {
  it('keeps only what differs from the template', () => {
    const changed = withResource(TEMPLATE, withParameter(TEMPLATE, EMPTY, 'epochs', 5), 'mem', '64G');
    expect(changed).toMatchObject({ parameters: { epochs: 5 }, resources: { mem: '64G' } });
    expect(withResource(TEMPLATE, withParameter(TEMPLATE, changed, 'epochs', 30), 'mem', '32G')).toEqual(EMPTY);
  });

  it('takes away what excludes each other: the template’s value is back when the choice goes', () => {
    const perCpu = withResource(TEMPLATE, EMPTY, 'mem_per_cpu', '4G');
    expect(['mem', 'mem_per_cpu'].map((key) => resourceText(TEMPLATE, perCpu, key))).toEqual(['', '4G']);
    const perGpu = withResource(TEMPLATE, perCpu, 'mem_per_gpu', '8G');
    expect(perGpu.resources).toEqual({ mem_per_gpu: '8G' });
    expect(withResource(TEMPLATE, perGpu, 'mem', '32G')).toEqual(EMPTY);
    expect(resourceText(TEMPLATE, withResource(TEMPLATE, perCpu, 'mem_per_cpu', ''), 'mem')).toBe('32G');
  });

  it('remembers that a value of the template was taken away', () => {
    const draft = withResource(TEMPLATE, EMPTY, 'partition', '');
    expect(draft.resources).toEqual({ partition: '' });
    expect(resourceText(TEMPLATE, draft, 'partition')).toBe('');
    expect(withResource(TEMPLATE, EMPTY, 'account', '').resources).toEqual({});
  });

  it('keeps an emptied required parameter as empty instead of bringing the default back', () => {
    expect(withParameter(TEMPLATE, EMPTY, 'epochs', '').parameters).toEqual({ epochs: '' });
  });

  it('takes a number of the template and the same digits typed for one value', () => {
    expect(withResource(TEMPLATE, EMPTY, 'nodes', '1').resources).toEqual({});
  });

  it('lets a default follow other fields until somebody writes a value, be it the same', () => {
    const lr: Parameter = {
      ...epochs,
      name: 'lr',
      type: 'number',
      default: 1,
      rules: [{ when: [{ field: 'epochs', is: 100 }], default: 2 }],
    };
    const template = { ...TEMPLATE, parameters: [epochs, lr] };
    const many = withParameter(template, EMPTY, 'epochs', 100);
    expect([EMPTY, many].map((draft) => parameterValue(template, draft, 'lr'))).toEqual([1, 2]);
    const written = withParameter(template, many, 'lr', 2);
    expect(isChanged(template, written, 'parameters.lr')).toBe(true);
    expect(parameterValue(template, withFieldReset(template, written, 'parameters.epochs'), 'lr')).toBe(2);
    expect(parameterValue(template, withFieldReset(template, written, 'parameters.lr'), 'lr')).toBe(2);
    expect(withFieldReset(template, written, 'parameters.lr')).toEqual(many);
  });

  it('says which fields were changed and gives them back', () => {
    const draft = withResource(TEMPLATE, { ...EMPTY, jobName: 'other' }, 'time', '01:00:00');
    expect(['jobName', 'resources.time', 'resources.mem'].map((field) => isChanged(TEMPLATE, draft, field))).toEqual([
      true,
      true,
      false,
    ]);
    expect(withFieldReset(TEMPLATE, withFieldReset(TEMPLATE, draft, 'jobName'), 'resources.time')).toEqual(EMPTY);
  });

  it('mends a field by a problem’s fix', () => {
    expect(withFix(TEMPLATE, EMPTY, { field: 'resources.time', value: '04:00:00' }).resources).toEqual({
      time: '04:00:00',
    });
    expect(withFix(TEMPLATE, EMPTY, { field: 'parameters.epochs', value: 1 }).parameters).toEqual({
      epochs: 1,
    });
    expect(withFix(TEMPLATE, EMPTY, { field: 'jobName', value: 'a-b' }).jobName).toBe('a-b');
  });
});

describe('the files of a draft', () => {
  it('a newer file of the same name takes the place and the slot of the old one', () => {
    const draft = withFiles(EMPTY, [file('train.py', 'training_script')]);
    expect(withFiles(draft, [file('train.py', null, 'f-new')]).files).toEqual([
      file('train.py', 'training_script', 'f-new'),
    ]);
  });

  it('a slot that was filled meanwhile is not filled twice', () => {
    const draft = withFiles(EMPTY, [file('a.py', 'script')]);
    expect(withFiles(draft, [file('b.py', 'script')]).files).toEqual([file('a.py', 'script'), file('b.py')]);
  });

  it('moving to a filled slot exchanges the two', () => {
    const draft = withFiles(EMPTY, [file('a.dat', 'first'), file('b.dat', 'second')]);
    expect(withFileInSlot(draft, 'f-a.dat' as FileHandleId, 'second').files).toEqual([
      file('a.dat', 'second'),
      file('b.dat', 'first'),
    ]);
    expect(withFileInSlot(draft, 'f-a.dat' as FileHandleId, null).files).toEqual([
      file('a.dat'),
      file('b.dat', 'second'),
    ]);
  });

  it('a removal can be undone, at the same place', () => {
    const files = [file('a', 'x'), file('b'), file('c')];
    const draft = withFiles(EMPTY, files);
    expect(withFileAgain(withoutFile(draft, 'f-b' as FileHandleId), file('b'), 1)).toEqual(draft);
  });

  it('undoing gives the slot back only while it is free', () => {
    const draft = withFiles(withoutFile(withFiles(EMPTY, [file('a', 'x')]), 'f-a' as FileHandleId), [file('b', 'x')]);
    expect(withFileAgain(draft, file('a', 'x'), 0).files).toEqual([file('a'), file('b', 'x')]);
  });
});

it('remembers which script is to be sent converted, and forgets it for a new file of that name', () => {
  const file: DraftFile = { handle: 'f1' as FileHandleId, name: 'run.sh', size: 3, slot: null };
  const fix = { field: 'convert.f1', value: true };
  const converted = withFix(TEMPLATE, { ...EMPTY, files: [file] }, fix);
  expect(converted.files).toEqual([{ ...file, convert: true }]);
  expect(withFix(TEMPLATE, converted, { ...fix, value: false }).files).toEqual([{ ...file, convert: false }]);
  expect(withFiles(converted, [{ ...file, handle: 'f2' as FileHandleId }]).files).toEqual([{ ...file, handle: 'f2' }]);
});
