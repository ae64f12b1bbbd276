/** What the command line does not take. */
export default {
  nameValue: '{{option}} takes NAME=VALUE, not “{{text}}”',
  exampleOption: 'For example: {{option}} epochs=30',
  noParameter: 'there is no parameter or Slurm option “{{name}}”',
  moreThanTemplate: '{{folder}} holds more than a template is made of',
  tooManyFiles: 'more than {{most}} files are more than one template is made of',
  tasksLike: 'tasks are written like 3 or 1,3,5-9',
  noneWrittenOver: 'Name another file: none is written over.',
  notJson: 'the input is not JSON',
  exampleCall: 'For example: slipway call clusters.facts \'{"clusterId":"demo"}\'',
  runStatus: 'Run `slipway status` for the list.',
  tasksAre: 'Job {{jobId}} has the tasks {{array}}.',
  noArray: 'Job {{jobId}} is no array.',
  severalImages: '“{{name}}” may be several images: {{paths}}.',
  imageWholePath: 'Name it by its whole path.',
  imageByPath: 'Name it by its whole path: --image /opt/apptainers/python.sif',
} as const;
