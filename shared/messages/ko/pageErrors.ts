export default {
  PARAMETER_INVALID: '{{label}}: {{reason}}',
  'PARAMETER_INVALID.hint': '표시된 항목을 고치세요.',
  CANCELLED: '취소했습니다.',
  'CANCELLED.hint': '',
  HOST_UNREACHABLE: 'Slipway가 응답하지 않습니다: {{reason}}',
  'HOST_UNREACHABLE.hint':
    '터미널에서 Slipway가 아직 실행 중인지 확인하세요. 꺼져 있으면 다시 시작하고 출력되는 링크를 여세요.',
  INTERNAL: 'Slipway 안에서 문제가 생겼습니다.',
  'INTERNAL.hint': '자세한 내용과 함께 알려 주세요.',
};
