export default {
  damaged: 'Slipway의 로컬 데이터베이스가 손상되었습니다',
  damagedKept: '무엇을 선택하든 손상된 파일은 그대로 보관됩니다. 클러스터의 작업은 건드리지 않습니다.',
  copyThere: '{{date}}의 온전한 사본이 있습니다. 그 뒤에 기록된 내용은 들어 있지 않습니다.',
  copyNone: '온전한 사본이 없습니다. 빈 데이터베이스로 시작하면 이전에 제출한 작업이 목록에 나오지 않습니다.',
  restore: '사본으로 계속',
  fresh: '빈 데이터베이스로 시작',
  quit: '종료',
  chooseTemplates: '템플릿 폴더 선택',
  chooseKey: '개인 키 또는 인증서 선택',
  chooseKnownHosts: 'known_hosts 파일 선택',
  chooseAgent: 'SSH 에이전트의 소켓 선택',
  demo: '데모 클러스터는 이 컴퓨터입니다.',
  demoRunsHere:
    '여기에 제출한 작업은 이 컴퓨터에서 내 권한으로 실행되며, 내 파일을 읽고 바꾸거나 네트워크를 쓰는 등 내가 할 수 있는 일을 모두 할 수 있습니다. 믿을 수 있는 스크립트만 제출하세요. 이 안내는 한 번만 표시됩니다.',
  runHere: '여기서 실행',
  cancel: '취소',
};
