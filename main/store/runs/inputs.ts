import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { JobRecord } from '../../../shared/domain/job/schema.ts';
import { DICTIONARIES, NEWEST_DICTIONARY } from './dictionaries.ts';

/** What of a run is written once, before anything is sent, and never changed. */
export const RunInputs = JobRecord.pick({
  script: true,
  request: true,
  parameters: true,
  edited: true,
  folds: true,
  cost: true,
  imageIdentity: true,
}).extend({
  /** The generated files' texts, by their position among the run's files. */
  texts: z.record(z.string(), z.string()),
});
export type RunInputs = z.infer<typeof RunInputs>;

/** Inputs as they lie in the store. */
export interface PackedInputs {
  /** The number of the text that they were compressed with. */
  readonly dictionary: number;
  readonly content: Buffer;
}

/** Half the time of the usual level and window for a twentieth more bytes: a window holds what a script repeats of itself and its dictionary. */
const DEFLATE = { level: 3, windowBits: 14, memLevel: 6 } as const;

/** Packs the JSON of inputs: about a seventh of it, since the dictionary knows what all scripts have in common. */
export function packInputs(json: string, dictionary: keyof typeof DICTIONARIES = NEWEST_DICTIONARY): PackedInputs {
  return { dictionary, content: deflateRawSync(json, { ...DEFLATE, dictionary: DICTIONARIES[dictionary] }) };
}

/** The JSON that was packed. Throws for bytes that are none, and for a dictionary that this version does not know. */
export function unpackInputs({ dictionary, content }: PackedInputs): string {
  const known = (DICTIONARIES as Readonly<Record<number, Buffer>>)[dictionary];
  if (known === undefined)
    throw new Error(`it was compressed with dictionary ${String(dictionary)}, which this version does not know`);
  return inflateRawSync(content, { dictionary: known }).toString('utf8');
}

export function inputsOf(job: JobRecord): RunInputs {
  const { script, request, parameters, edited, folds, cost, imageIdentity, files } = job;
  const texts = Object.fromEntries(
    files.flatMap(({ source }, position) => (source.kind === 'generated' ? [[position, source.text]] : [])),
  );
  return {
    script,
    request,
    parameters,
    ...(edited === undefined ? {} : { edited }),
    ...(folds === undefined ? {} : { folds }),
    cost,
    ...(imageIdentity === undefined ? {} : { imageIdentity }),
    texts,
  };
}
