import { ERRORS } from '../../../shared/errors/codes.ts';
import { say, type Language } from '../../../shared/messages/catalogue.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
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

/** The question about a damaged database, in a language. `copyAt`: epoch ms of the newest good copy, null without one. */
export function damageDialog(reason: Message, copyAt: number | null, language: Language): DamageDialog {
  const offers: [Message, RecoveryChoice | null][] = [
    [message('dialogs.fresh'), 'start-fresh'],
    [message('dialogs.quit'), null],
  ];
  if (copyAt !== null) offers.unshift([message('dialogs.restore'), 'restore']);
  const copy = copyAt === null ? message('dialogs.copyNone') : message('dialogs.copyThere', { date: dateOf(copyAt) });
  return {
    message: say(language, message('dialogs.damaged')),
    detail: [
      say(language, copy),
      say(language, message('dialogs.damagedKept')),
      `(${String(ERRORS.STORE_DAMAGED.code)}: ${say(language, reason)})`,
    ].join('\n\n'),
    buttons: offers.map(([label]) => say(language, label)),
    choices: offers.map(([, choice]) => choice),
  };
}
