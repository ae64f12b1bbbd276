import type { IncomingMessage } from 'node:http';

/** Why there is no interface to show: no session in this browser, or none in this tab. */
export type NoAccess = 'browser' | 'tab';

const TEXTS: Readonly<
  Record<'en' | 'ko', Readonly<Record<NoAccess, { title: string; reason: string }>> & { readonly next: string }>
> = {
  en: {
    browser: {
      title: 'This link was used already',
      reason: 'Each link opens Slipway in one browser tab, once, and holds until Slipway ends.',
    },
    tab: {
      title: 'This tab was not opened by a link',
      reason:
        'Slipway works in the tab that its link opened, and after a reload of that tab. That keeps other programs of this computer out.',
    },
    next: 'Go to the terminal in which Slipway runs, and open the newest link that it printed: it prints another one each time that a link was used.',
  },
  ko: {
    browser: {
      title: '이미 사용한 링크입니다',
      reason: '링크 하나는 브라우저 탭 하나에서 한 번만 열 수 있으며, Slipway를 끝낼 때까지 유효합니다.',
    },
    tab: {
      title: '링크로 연 탭이 아닙니다',
      reason:
        'Slipway는 링크로 연 탭에서만 작동하며, 그 탭은 새로 고쳐도 됩니다. 이 컴퓨터의 다른 프로그램이 들어오지 못하게 하기 위해서입니다.',
    },
    next: 'Slipway를 실행한 터미널에서 가장 최근에 출력된 링크를 여십시오. 링크를 사용할 때마다 새 링크가 출력됩니다.',
  },
};

/** The page for somebody without a session: why, and which link to open. In Korean where the browser prefers it. */
export function accessPage(request: IncomingMessage, why: NoAccess): string {
  const language = /^\s*ko\b/i.test(request.headers['accept-language'] ?? '') ? 'ko' : 'en';
  const { title, reason } = TEXTS[language][why];
  return `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Slipway</title><body style="font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem"><h1>${title}</h1><p>${reason}</p><p>${TEXTS[language].next}</p></body></html>`;
}
