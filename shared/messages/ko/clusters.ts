export default {
  keepsKind: '클러스터의 종류는 바꿀 수 없습니다. 다른 클러스터를 추가하세요',
  oneDemo: '데모 클러스터가 이미 있습니다',
  otherProfile: '다른 클러스터의 설정입니다',
  notItsServer: '{{server}}은(는) 이 클러스터의 서버가 아닙니다',
  answerDoesNotFit: '질문에 맞는 응답이 아닙니다',
  noModuleList: '로그인 bash가 모듈 목록을 보여 주지 않았습니다',
  sbatchSilent: 'sbatch가 응답하지 않았습니다',
  idTaken: '“{{id}}” 클러스터가 이미 있습니다',
};
