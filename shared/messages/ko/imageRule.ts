export default {
  otherName: '이름이 {{name}}이(가) 아닙니다.',
  otherCase: '{{name}}와(과) 대소문자가 다릅니다. 대소문자는 구별합니다.',
  otherVersion: '버전이 {{version}}입니다. 요청된 버전은 {{wanted}}입니다.',
  versionUnknown: '버전을 알지 못합니다. 요청된 버전은 {{wanted}}입니다.',
  otherDigest: '내용(SHA-256)이 다릅니다.',
  digestUnknown: 'SHA-256을 알지 못해 내용을 비교하지 못했습니다.',
  otherPartition: '{{wanted}}이(가) 아니라 {{there}}에 속합니다.',
  partitionUnknown: '{{wanted}}에 속하는지 알지 못합니다.',
  vanished: '마지막으로 살펴볼 때 더는 없었습니다.',
  near: '{{image}}: {{reason}}',
};
