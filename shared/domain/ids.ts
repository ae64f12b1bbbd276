import { z } from 'zod';

/** One submission of ours: its row in the store, its folder on the cluster. `r` and 12 characters of [0-9a-z]. */
export const RunId = z
  .string()
  .regex(/^r[0-9a-z]{12}$/)
  .brand<'RunId'>();
export type RunId = z.infer<typeof RunId>;

/** A cluster profile. Letters, digits, `-`, `_`, `.`. */
export const ClusterId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/)
  .brand<'ClusterId'>();
export type ClusterId = z.infer<typeof ClusterId>;

/** One attempt by a person, in the store, the log and the receipt. */
export const RequestId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/)
  .brand<'RequestId'>();
export type RequestId = z.infer<typeof RequestId>;

/** An opaque ticket for a local file or folder that the person dropped or picked; only hosts know the path behind it. */
export const FileHandleId = z
  .string()
  .regex(/^f[0-9a-z]{16}$/)
  .brand<'FileHandleId'>();
export type FileHandleId = z.infer<typeof FileHandleId>;

/** Long work under way: its progress comes as events, `operations.cancel` ends it. */
export const OperationId = z
  .string()
  .regex(/^o[0-9a-z]{12}$/)
  .brand<'OperationId'>();
export type OperationId = z.infer<typeof OperationId>;

/** A template: letters, digits, `-`, `_`, `.`; no path can be written with it. */
export const TemplateId = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,126}[A-Za-z0-9])?$/);
export type TemplateId = z.infer<typeof TemplateId>;

/** Slurm's own job id: a number, or `N_T` for an array task. */
export const SlurmJobId = z.string().regex(/^\d{1,10}(?:_\d{1,10})?$/);
export type SlurmJobId = z.infer<typeof SlurmJobId>;
