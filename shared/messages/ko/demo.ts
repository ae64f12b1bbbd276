export default {
  otherRunsIt: '같은 데이터 폴더에서 다른 Slipway가 실행하고 있습니다(프로세스 {{holder}})',
  useThatWindow: '그 창을 쓰거나, 이 프로그램을 다른 데이터 폴더로 시작하세요.',
  cannotLock: '폴더를 잠글 수 없습니다',
  noGitBash: 'Git for Windows의 bash를 찾지 못했습니다',
  noBash: 'bash를 찾지 못했습니다',
  installGit: 'https://gitforwindows.org 에서 Git for Windows를 설치하고 다시 시도하세요.',
  installBash: 'bash를 설치하고 다시 시도하세요.',
};
