import { describe, expect, it } from 'vitest';
import { requestOf } from './directives.ts';

const SCRIPT =
  '#!/bin/bash\n#SBATCH --job-name=a\n#SBATCH --partition=gpu\n#SBATCH --time=01:00:00\n#SBATCH --exclusive\n#SBATCH --output=slurm-%j.out\n\n# a comment\necho hi\n#SBATCH --mem=9G\n';

describe('the directives of a script', () => {
  it('are what the record says was asked for', () => {
    expect(requestOf(SCRIPT)).toEqual({ partition: 'gpu', time: '01:00:00', exclusive: true });
  });
});
