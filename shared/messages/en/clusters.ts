/** What is refused of clusters, and what their answers lack. */
export default {
  keepsKind: 'a cluster keeps its kind; add another one',
  oneDemo: 'there is one demo cluster already',
  otherProfile: 'the profile is of another cluster',
  notItsServer: '{{server}} is no server of this cluster',
  answerDoesNotFit: 'the answer does not fit the question',
  noModuleList: 'a login bash did not list the modules',
  sbatchSilent: 'sbatch gave no answer',
  idTaken: 'there is a cluster “{{id}}” already',
} as const;
