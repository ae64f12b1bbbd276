import type { Migration } from '../migration.ts';
import { sql as jobsAndDocuments } from './0001-jobs-and-documents.ts';
import { sql as templates } from './0002-templates.ts';
import { sql as ratesThatNobodySet } from './0003-rates-that-nobody-set.ts';
import { conversion as toRunsAndTasks } from './0004-runs-and-tasks/conversion.ts';
import { sql as runsAndTasks } from './0004-runs-and-tasks/sql.ts';
import { sql as images } from './0005-images.ts';

/** All steps in order: number N takes a file of version N - 1 to N. A step that has shipped is never changed. */
export const MIGRATIONS: readonly Migration[] = [
  { sql: jobsAndDocuments },
  { sql: templates },
  { sql: ratesThatNobodySet },
  { sql: runsAndTasks, conversion: toRunsAndTasks },
  { sql: images },
];
