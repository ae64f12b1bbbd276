import { ClusterId, RequestId, RunId } from '../../../shared/domain/ids.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { NO_TASKS } from '../../../shared/domain/job/task.ts';

/** The id of example `n`. */
export const exampleRunId = (n: number): RunId => RunId.parse(`r${n.toString(36).padStart(12, '0')}`);

/** A record as prepared from a small template, the `n`th. */
export function exampleRecord(n: number, changes: Partial<JobRecord> = {}): JobRecord {
  return {
    runId: exampleRunId(n),
    requestId: RequestId.parse(`request-${n}`),
    clusterId: ClusterId.parse('demo'),
    origin: 'slipway',
    user: 'mia',
    jobId: null,
    name: `relax-${n}`,
    templateId: 'gromacs',
    templateSource: 'official',
    templateVersion: '1.0.0',
    templateHash: 'a'.repeat(64),
    imagePath: null,
    request: { partition: 'normal', nodes: 1 },
    array: null,
    account: null,
    qos: null,
    gpus: 0,
    parameters: { steps: 5000 },
    files: [],
    script: '#!/bin/bash\ntrue\n',
    runFolder: `/home/mia/slipway/runs/relax-${n}`,
    phase: 'prepared',
    tasks: NO_TASKS,
    state: null,
    reason: null,
    exitCode: null,
    signal: null,
    nodes: null,
    partition: 'normal',
    timeLimit: 3600,
    elapsed: null,
    progress: null,
    progressText: null,
    createdAt: 1_795_000_000_000 + n,
    submittedAt: null,
    expectedStart: null,
    startedAt: null,
    endedAt: null,
    cost: null,
    error: null,
    ...changes,
  };
}
