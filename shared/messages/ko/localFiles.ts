export default {
  tooMuchToConvert: '이제 {{limit}}보다 커서 변환할 수 없습니다',
  denied: '이 컴퓨터가 접근을 거부합니다',
  addFilesInIt: '안에 있는 파일을 추가하거나, 하나의 압축 파일로 묶으세요.',
};
