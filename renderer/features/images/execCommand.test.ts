import { expect, it } from 'vitest';
import { exampleImage } from '../../../shared/domain/image/testing/exampleImage.ts';
import { execCommand } from './execCommand.ts';

it('starts an image with the option for the GPUs that it asks for, whatever its path', () => {
  expect(execCommand(exampleImage('/i/a.sif'))).toBe('apptainer exec /i/a.sif COMMAND');
  expect(execCommand(exampleImage("/i/ada's image.sif", { gpu: { need: 'cuda', evidence: [] } }))).toBe(
    String.raw`apptainer exec --nv '/i/ada'\''s image.sif' COMMAND`,
  );
  expect(execCommand(exampleImage('/i/a.sif', { gpu: { need: 'rocm', evidence: [] } }))).toBe(
    'apptainer exec --rocm /i/a.sif COMMAND',
  );
});
