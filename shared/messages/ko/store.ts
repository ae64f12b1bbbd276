export default {
  SQLITE_NOTADB: '파일이 데이터베이스가 아니거나 손상되었습니다({{words}})',
  SQLITE_CORRUPT: '파일이 손상되었습니다({{words}})',
  SQLITE_BUSY: '다른 프로그램이 쓰고 있습니다({{words}})',
  SQLITE_READONLY: '파일이나 그 폴더에 쓸 수 없습니다({{words}})',
  SQLITE_CANTOPEN: '파일이나 그 폴더를 열 수 없습니다({{words}})',
  SQLITE_PERM: '접근이 거부되었습니다({{words}})',
  SQLITE_FULL: '디스크가 가득 찼습니다({{words}})',
  SQLITE_IOERR: '디스크가 오류를 알렸습니다({{words}})',
  SQLITE_CONSTRAINT: '이미 있습니다({{words}})',
  nodeApi:
    '이 런타임의 Node-API는 {{offered}}인데 데이터베이스에는 {{needed}}이(가) 필요합니다. Node 22.14, Electron 35 또는 그보다 새로운 것을 쓰세요',
  otherProgram: '다른 프로그램의 데이터베이스입니다',
  noSuchJob: '그런 작업이 없습니다',
  jobUnreadable: '작업에 대해 저장된 내용을 읽을 수 없습니다',
  startAnew: 'Slipway를 다시 시작하세요. 가장 새로운 온전한 사본으로 이어 갈 수 있습니다.',
  noLocks: '파일 시스템이 잠금을 지원하지 않습니다. 일부 네트워크 폴더가 그렇습니다',
  localDisk: '--data로 이 컴퓨터의 디스크에 있는 폴더를 고르세요.',
  goOnFresh:
    '손상된 파일은 그대로 둡니다. 아직 사본이 없으므로 `{{command}} --start-fresh`로 빈 데이터베이스에서 시작하세요.',
  goOnWithCopy:
    '무엇을 고르든 손상된 파일은 그대로 둡니다. `{{command}} --restore`로 {{date}}의 사본에서 이어 가거나, `{{command}} --start-fresh`로 빈 데이터베이스에서 시작하세요.',
  tooMany: '{{collection}}에 이미 최대 개수인 {{most}}개가 들어 있습니다',
  discardSome: '더 필요 없는 것을 버리세요.',
  emptyWithLog: '파일이 비었거나 사라졌는데, 변경 기록은 남아 있습니다',
  emptyWithCopies: '파일이 비었거나 사라졌는데, 사본은 있습니다',
  heldByOther: '다른 프로그램이 쓰고 있습니다',
  updateThread: '업데이트를 하는 스레드가 응답하지 않습니다',
};
