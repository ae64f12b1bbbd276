/** What the system tells of a job, outside of the window. */
export default {
  started: '{{name}} has started',
  finished: '{{name}} has finished',
  cancelled: '{{name}} was cancelled',
  failed: '{{name}} has failed',
  job: 'job {{job}}',
  jobOn: 'job {{job}} on {{nodes}}',
  jobAfter: 'job {{job}} after {{time}}',
  by: '{{job}}, by {{who}}',
  because: '{{job}}: {{why}}',
  exitCode: 'exit code {{code}}',
  'who.you': 'you',
  'who.system': 'the system or an administrator',
  'who.other': 'another user',
} as const;
