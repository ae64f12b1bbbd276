export default {
  'what.configuration': '설정',
  'what.partitions': '파티션',
  'what.nodes': '노드 상태',
  'what.reservations': '예약',
  'what.accounts': '계정과 제한',
  'what.qos': 'QOS와 QOS의 제한',
  'what.fairShare': '내 공정 배분',
  cut: '클러스터의 응답이 {{what}}에 이르기 전에 끝났습니다.',
  tookTooLong: '클러스터가 {{what}}을(를) 알려 주는 데 너무 오래 걸렸습니다.',
  noProgram: '로그인 노드에 {{what}}을(를) 알려 주는 프로그램이 없습니다.',
  controllerSilent: 'Slurm 컨트롤러가 응답하지 않아({{said}}) {{what}}을(를) 물어볼 수 없었습니다.',
  notAllowed: '이 기관에서는 사용자가 {{what}}을(를) 볼 수 없습니다({{said}}).',
  notTold: '클러스터가 {{what}}을(를) 알려 주지 않았습니다.',
  notToldBecause: '클러스터가 {{what}}을(를) 알려 주지 않았습니다: {{said}}.',
  noDaemon: '이 클러스터에는 계정 관리 데몬(slurmdbd)이 없어 {{what}}을(를) 알 수 없습니다. 작업은 그대로 실행됩니다.',
  daemonSilent:
    '계정 관리 데몬(slurmdbd)이 지금 응답하지 않아 {{what}}을(를) 알 수 없습니다. 작업은 그대로 실행됩니다.',
  daemonSilentBecause:
    '계정 관리 데몬(slurmdbd)이 지금 응답하지 않아({{said}}) {{what}}을(를) 알 수 없습니다. 작업은 그대로 실행됩니다.',
  gpusInUse: '이 Slurm 버전은 어느 GPU가 사용 중인지 알려 주지 않습니다.',
  noAccount:
    '계정 관리 데이터베이스에 이 클러스터의 내 계정이 없습니다. 작업이 거절되면 기관에 계정 추가를 요청하세요.',
  noPriority:
    '이 클러스터에서는 제출한 순서대로 작업이 시작되므로(PriorityType이 priority/basic) 공정 배분이 없습니다.',
  noFairShare: 'Slurm에 이 클러스터의 내 공정 배분이 없습니다.',
  keptKnown: '전에 알아낸 내용을 표시합니다.',
  endsAbsent:
    '작업이 어떻게 끝났는지 알려 주는 계정 관리 시스템이 없습니다({{said}}). Slipway는 대기열과 작업이 스스로 남긴 기록으로 확인합니다.',
  endsSilent:
    '계정 관리 시스템이 응답하지 않습니다({{said}}). Slipway는 대기열과 작업이 스스로 남긴 기록으로 확인하고, 계정 관리 시스템이 다시 응답하면 종료 상태를 바로잡습니다.',
  quotaSlow: '기관의 할당량 명령이 {{seconds}}초보다 오래 걸렸습니다.',
  quotaFailed: '기관의 할당량 명령이 실패했습니다(종료 코드 {{code}}): {{said}}.',
  quotaNotUnderstood: '기관의 할당량 명령이 출력한 내용을 이해하지 못했습니다: {{said}}.',
};
