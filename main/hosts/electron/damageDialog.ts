import type { RecoveryChoice } from '../../store/recover.ts';
import { dateOf } from '../recovery.ts';

/** What a native message box is told. */
export interface DamageDialog {
  readonly message: string;
  readonly detail: string;
  readonly buttons: string[];
  /** By the button's place; null: leave everything as it is and quit. */
  readonly choices: readonly (RecoveryChoice | null)[];
}

const WORDS = {
  en: {
    message: 'Slipway’s local database is damaged',
    kept: 'The damaged file is kept whatever you choose. Jobs on clusters are not touched.',
    copy: (date: string) => `There is a good copy of ${date}; what was noted after that is not in it.`,
    none: 'There is no good copy of it: with an empty database, jobs submitted before are no longer listed.',
    restore: 'Go on with the copy',
    fresh: 'Start with an empty database',
    quit: 'Quit',
  },
  ko: {
    message: 'Slipway의 로컬 데이터베이스가 손상되었습니다',
    kept: '무엇을 선택하든 손상된 파일은 그대로 보관됩니다. 클러스터의 작업은 건드리지 않습니다.',
    copy: (date: string) => `${date}의 온전한 사본이 있습니다. 그 뒤에 기록된 내용은 들어 있지 않습니다.`,
    none: '온전한 사본이 없습니다. 빈 데이터베이스로 시작하면 이전에 제출한 작업이 목록에 나오지 않습니다.',
    restore: '사본으로 계속',
    fresh: '빈 데이터베이스로 시작',
    quit: '종료',
  },
} as const;

/** The question about a damaged database, in the system's language. `copyAt`: epoch ms of the newest good copy, null without one. */
export function damageDialog(reason: string, copyAt: number | null, locale: string): DamageDialog {
  const words = locale.startsWith('ko') ? WORDS.ko : WORDS.en;
  const offers: [string, RecoveryChoice | null][] = [
    [words.fresh, 'start-fresh'],
    [words.quit, null],
  ];
  if (copyAt !== null) offers.unshift([words.restore, 'restore']);
  return {
    message: words.message,
    detail: [copyAt === null ? words.none : words.copy(dateOf(copyAt)), words.kept, `(5013: ${reason})`].join('\n\n'),
    buttons: offers.map(([label]) => label),
    choices: offers.map(([, choice]) => choice),
  };
}
