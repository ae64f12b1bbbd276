/** One entry of the catalogue of errors. */
export interface ErrorEntry {
  readonly code: number;
  readonly retry: boolean;
}

/** The errors that the page finds by itself, without an answer of the core. It loads these entries of the catalogue and no others. */
export const PAGE_ERRORS = {
  PARAMETER_INVALID: { code: 1004, retry: false },
  CANCELLED: { code: 9003, retry: true },
  HOST_UNREACHABLE: { code: 9005, retry: true },
  INTERNAL: { code: 9999, retry: false },
} as const satisfies Record<string, ErrorEntry>;
