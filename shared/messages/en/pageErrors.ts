/** What the errors say that the page finds by itself: the only ones that it says before the catalogue is there. */
export default {
  PARAMETER_INVALID: '{{label}}: {{reason}}',
  'PARAMETER_INVALID.hint': 'Correct the marked field.',
  CANCELLED: 'Cancelled.',
  'CANCELLED.hint': '',
  HOST_UNREACHABLE: 'Slipway itself does not answer: {{reason}}',
  'HOST_UNREACHABLE.hint': 'Look whether it still runs in its terminal; start it again and open the link it prints.',
  INTERNAL: 'Something went wrong inside Slipway.',
  'INTERNAL.hint': 'Please report it with the details.',
} as const;
