export default {
  nameValue: '{{option}} 옵션의 형식은 NAME=VALUE이며 “{{text}}”은(는) 맞지 않습니다',
  exampleOption: '예: {{option}} epochs=30',
  noParameter: '“{{name}}” 매개변수나 Slurm 옵션이 없습니다',
  moreThanTemplate: '{{folder}}에 템플릿을 이루는 것보다 많은 것이 들어 있습니다',
  tooManyFiles: '파일이 {{most}}개를 넘어 템플릿 하나라고 볼 수 없습니다',
  tasksLike: '태스크는 3 또는 1,3,5-9처럼 씁니다',
  noneWrittenOver: '다른 파일 이름을 쓰세요. 있는 파일은 덮어쓰지 않습니다.',
  notJson: '입력이 JSON이 아닙니다',
  exampleCall: '예: slipway call clusters.facts \'{"clusterId":"demo"}\'',
  runStatus: '`slipway status`로 목록을 보세요.',
  tasksAre: '작업 {{jobId}}의 태스크는 {{array}}입니다.',
  noArray: '작업 {{jobId}}은(는) 배열 작업이 아닙니다.',
};
