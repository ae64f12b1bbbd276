import { type StartAnswer, useFormSession, useFormSessionKey } from '../form/index.ts';
import { CalendarClock } from 'lucide-react';
import { Suspense, useEffect } from 'react';
import { isConnected } from '../../../shared/domain/cluster/connection.ts';
import { useCurrentCluster } from '../../stores/clusters.ts';
import { useRemembered } from '../../client/remembered.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import {
  Button,
  clockTime,
  ErrorNotice,
  exactTime,
  later,
  relativeTime,
  Section,
  Skeleton,
  useNow,
} from '../../ui/index.ts';
import { askForStart } from './starting.ts';
import { isWorthAsking, standingOf, STILL_MS } from './startRules.ts';
import { startWords } from './startWords.ts';
import './StartPanel.css';

const StartVariants = later(async () => (await import('./StartVariants.tsx')).StartVariants);

/** Asks once the form has been still; a core that has asked often enough says when it will again. */
function useAskWhenStill(): void {
  const key = useFormSessionKey();
  const text = useFormSession((session) => session.preview?.text ?? null);
  const isWorth = useFormSession(isWorthAsking);
  const limited = useFormSession(({ startTest: { phase } }) => (phase.kind === 'limited' ? phase.until : null));
  const cluster = useCurrentCluster();
  const isReady = cluster !== null && isConnected(cluster.connection);
  const clusterId = cluster?.profile.id;
  useEffect(() => {
    if (!isWorth || !isReady) return undefined;
    const ask = (): void => {
      // nobody looks: the answer would be old when somebody does
      if (document.visibilityState === 'visible') void askForStart(key, true);
    };
    const timer = setTimeout(ask, Math.max(STILL_MS, (limited ?? 0) - Date.now()));
    const onVisible = (): void => {
      if (limited === null) ask();
    };
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [key, text, isWorth, isReady, clusterId, limited]);
}

/** What Slurm said; plain, and with its time, where that is not how it stands now. */
function Told({ answer, isPresent, now }: { answer: StartAnswer; isPresent: boolean; now: number }) {
  const { accepted, expectedStart, message, askedAt } = answer;
  const words = accepted ? startWords(expectedStart, isPresent ? now : askedAt) : t('launch.start.refused');
  const shared = {
    'data-testid': accepted ? 'expected-start' : 'start-refused',
    title: expectedStart === null ? sayMessage(message) : exactTime(expectedStart),
  };
  if (!isPresent)
    return (
      <span {...shared}>
        {t('launch.start.asOf', { start: words, time: clockTime(askedAt, Math.max(now, askedAt)) })}
      </span>
    );
  return (
    <strong {...shared} {...(accepted ? {} : { className: 'check-error' })}>
      {words}
    </strong>
  );
}

/** When the job would start, beside its price, and what would start sooner. */
export function StartPanel() {
  useAskWhenStill();
  const key = useFormSessionKey();
  const [isOpen, setOpen] = useRemembered('launch.startOpen', false);
  const { phase, answer } = useFormSession((session) => session.startTest);
  const cluster = useCurrentCluster();
  const isReady = cluster !== null && isConnected(cluster.connection);
  const now = useNow(30_000, answer !== null);
  const standing = useFormSession((session) => standingOf(session, isReady, now));
  const shown = standing === 'none' || standing === 'blocked' ? null : answer;
  const isPresent = standing === 'current';
  const askButton = (text: 'ask' | 'askAgain') => (
    <Button size="dense" icon={CalendarClock} onPress={() => void askForStart(key, false)}>
      {t(`launch.start.${text}`)}
    </Button>
  );
  return (
    <div className="start">
      <Section
        level={3}
        title={t('launch.start.title')}
        isOpen={isOpen}
        onToggle={setOpen}
        aside={
          <span className="start-answer" role="status" data-stale={(shown !== null && !isPresent) || undefined}>
            {phase.kind === 'asking' ? (
              <span className="secondary">{t('launch.start.asking')}</span>
            ) : standing === 'blocked' ? (
              <span className="secondary">{t('launch.start.blocked')}</span>
            ) : shown === null ? (
              isReady ? (
                askButton('ask')
              ) : (
                <span className="secondary">{t('launch.start.offline')}</span>
              )
            ) : (
              <>
                <Told answer={shown} isPresent={isPresent} now={now} />
                {isPresent ? null : isReady ? (
                  askButton('askAgain')
                ) : standing === 'changed' ? (
                  <span className="secondary">{t('launch.start.stale')}</span>
                ) : null}
              </>
            )}
          </span>
        }
      >
        <div className="start-body">
          {shown === null ? (
            <p className="secondary">{t('launch.start.hint')}</p>
          ) : (
            // the clock of the page ticks seldom: an answer may be newer than it
            <p className="secondary selectable" title={exactTime(shown.askedAt)}>
              {sayMessage(shown.message)}{' '}
              {t(standing === 'changed' ? 'launch.start.askedBefore' : 'launch.start.askedAt', {
                relative: relativeTime(shown.askedAt, Math.max(now, shown.askedAt)),
              })}
            </p>
          )}
          <Suspense fallback={<Skeleton lines={[70, 60]} />}>
            <StartVariants isReady={isReady} />
          </Suspense>
        </div>
      </Section>
      {shown !== null && !shown.accepted && isPresent && !isOpen ? (
        <p className="start-refusal check-error selectable">{sayMessage(shown.message)}</p>
      ) : null}
      {phase.kind === 'failed' ? (
        <ErrorNotice
          error={phase.error}
          action={
            isReady ? (
              <Button size="dense" onPress={() => void askForStart(key, false)}>
                {t('ui.tryAgain')}
              </Button>
            ) : null
          }
        />
      ) : null}
    </div>
  );
}
