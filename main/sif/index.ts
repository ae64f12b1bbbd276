/** Image files of Apptainer and Singularity: what they say of themselves, read with a few ranged reads of a file that nobody vouches for. */
export type { ImageFolder } from './imageFolder.ts';
export { readImage, readSandbox, type ReadOptions } from './readImage.ts';
export type { SifSource } from './source.ts';
export { readAppsList, readInspectOutput } from './inspectOutput.ts';
export type { FoundContents } from './contents.ts';
