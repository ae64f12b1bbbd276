export default {
  notAccepted: '종류가 {{type}}인 키는 요즘 서버가 받지 않습니다',
  wrongPassphrase: '암호 문구가 {{times}}번 틀렸습니다',
  none: '키가 들어 있지 않습니다',
  public: '공개 키입니다. 개인 키를 적으세요',
  unwritableName: '이름 {{name}} 또는 그 키의 종류는 known_hosts에 쓸 수 없습니다',
  noKnownHostsName: '이런 이름의 파일에는 호스트 키를 보관하지 않습니다',
  noKnownHosts: '들어 있는 것이 호스트 키가 아닙니다',
  configTooLarge: 'SSH 설정이라기에는 너무 큽니다',
  notText: '텍스트 파일이 아닙니다',
  puttyPassphrase:
    '암호 문구가 있는 PuTTY의 새 형식은 읽지 않습니다. OpenSSH 형식으로 저장하거나(PuTTYgen의 Conversions) Pageant에 넣으세요',
  damaged: '파일이 손상되었습니다',
  tooLarge: '그런 파일이라기에는 너무 큽니다',
};
