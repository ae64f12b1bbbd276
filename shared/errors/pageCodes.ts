/** One entry of the catalogue of errors. */
export interface ErrorEntry {
  readonly code: number;
  readonly message: string;
  readonly hint: string;
  readonly retry: boolean;
}

/** The errors that the page finds by itself, without an answer of the core. It loads these entries of the catalogue and no others. */
export const PAGE_ERRORS = {
  PARAMETER_INVALID: { code: 1004, message: '{label}: {reason}', hint: 'Correct the marked field.', retry: false },
  CANCELLED: { code: 9003, message: 'Cancelled.', hint: '', retry: true },
  HOST_UNREACHABLE: {
    code: 9005,
    message: 'Slipway itself does not answer: {reason}',
    hint: 'Look whether it still runs in its terminal; start it again and open the link it prints.',
    retry: true,
  },
  INTERNAL: {
    code: 9999,
    message: 'Something went wrong inside Slipway.',
    hint: 'Please report it with the details.',
    retry: false,
  },
} as const satisfies Record<string, ErrorEntry>;
