import type { FileSlot, Parameter, Template } from '../../../../shared/domain/template/schema.ts';
import { EXAMPLE_RATES } from '../../../../shared/domain/cost/schema.ts';
import { ClusterProfile } from '../../../../shared/domain/cluster/profile.ts';
import type { Draft, DraftFile } from '../../../../shared/domain/job/draft.ts';
import { ClusterId, FileHandleId } from '../../../../shared/domain/ids.ts';

export function sampleParameter(name: string, changes: Partial<Parameter> = {}): Parameter {
  return {
    name,
    type: 'text',
    label: name,
    help: '',
    default: null,
    unit: null,
    min: null,
    max: null,
    step: null,
    limit: null,
    pattern: null,
    options: [],
    optionsFrom: null,
    group: null,
    row: null,
    advanced: false,
    required: false,
    visibleWhen: [],
    rules: [],
    ...changes,
  };
}

export function sampleSlot(name: string, pattern: string, changes: Partial<FileSlot> = {}): FileSlot {
  return {
    name,
    pattern,
    description: '',
    type: 'data',
    maxSize: 1e9,
    required: true,
    format: null,
    schema: null,
    ...changes,
  };
}

export function sampleTemplate(changes: Partial<Template> = {}): Template {
  return {
    id: 'sample-v1',
    name: 'sample',
    displayName: 'Sample',
    description: '',
    category: 'custom',
    tags: [],
    version: '1.0.0',
    author: 'mia',
    isPublic: true,
    slurm: { partition: 'normal', nodes: 1, mem: '2G', time: '02:00:00' },
    image: { mode: 'none', partition: null, userSelectable: false, allowedImages: [], app: null, bind: [] },
    modules: [],
    parameters: [],
    files: [],
    generatedFiles: [],
    outputPattern: null,
    script: { preExec: '', mainExec: 'true\n', postExec: '' },
    validation: { preSubmit: [], postSubmit: [] },
    ...changes,
  };
}

export const sampleFile = (n: number, name: string, slot: string | null): DraftFile => ({
  handle: FileHandleId.parse(`f${n.toString(36).padStart(16, '0')}`),
  name,
  size: 1,
  slot,
});

export function sampleDraft(changes: Partial<Draft> = {}): Draft {
  return {
    clusterId: ClusterId.parse('demo'),
    templateId: 'sample-v1',
    templateSource: 'official',
    jobName: 'sample',
    parameters: {},
    resources: {},
    imagePath: null,
    files: [],
    ...changes,
  };
}

export const sampleProfile: ClusterProfile = ClusterProfile.parse({
  id: ClusterId.parse('demo'),
  name: 'Demo',
  kind: 'demo',
  host: 'localhost',
  port: 22,
  user: 'mia',
  auth: [{ kind: 'agent', socket: null }],
  imageFolders: [],
  maxFileSize: 1e12,
  rates: EXAMPLE_RATES,
});
