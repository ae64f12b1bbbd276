/** What of the cluster is seen inside an image. */
/** `source[:destination[:options]]`, several separated by commas: so none can stand in a path. Source: apptainer exec --bind. */
const BIND = /^(\/[^,:\p{Cc}$]*)(?::(\/[^,:\p{Cc}$]*)(?::(ro|rw))?)?$/u;

/** An entry of a template's `bind:`. */
export interface Bind {
  readonly source: string;
  /** As it is given to Apptainer. */
  readonly text: string;
  readonly readOnly: boolean;
}

/** Null for what Apptainer would not take as a pair of whole paths with `ro` or `rw`. */
export function readBind(text: string): Bind | null {
  const found = BIND.exec(text);
  return found === null ? null : { source: found[1] ?? '', text, readOnly: found[3] === 'ro' };
}
