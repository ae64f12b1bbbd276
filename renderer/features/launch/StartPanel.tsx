import { CalendarClock } from 'lucide-react';
import { lazy, Suspense, useEffect } from 'react';
import { isConnected, useCurrentCluster } from '../../client/clusters.ts';
import { useRemembered } from '../../client/remembered.ts';
import { loadLaterTexts, t } from '../../i18n/index.ts';
import { Button, ErrorNotice, exactTime, relativeTime, Section, Skeleton, useNow } from '../../ui/index.ts';
import { useSession, useSessionKey } from './sessionContext.ts';
import { askForStart } from './starting.ts';
import { isCurrent, isWorthAsking, STILL_MS } from './startRules.ts';
import { startWords } from './startWords.ts';

const StartVariants = lazy(async () => ({ default: (await Promise.all([import('./StartVariants.tsx'), loadLaterTexts()]))[0].StartVariants }));

/** Asks once the form has been still; a core that has asked often enough says when it will again. */
function useAskWhenStill(): void {
  const key = useSessionKey();
  const text = useSession((session) => session.preview?.text ?? null);
  const isWorth = useSession(isWorthAsking);
  const limited = useSession(({ startTest: { phase } }) => (phase.kind === 'limited' ? phase.until : null));
  const cluster = useCurrentCluster();
  const isReady = cluster?.connection.phase === 'ready';
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

/** When the job would start, beside its price, and what would start sooner. */
export function StartPanel() {
  useAskWhenStill();
  const key = useSessionKey();
  const [isOpen, setOpen] = useRemembered('launch.startOpen', false);
  const { phase, answer } = useSession((session) => session.startTest);
  const isPresent = useSession((session) => answer !== null && isCurrent(session, answer));
  const isOnCluster = useSession((session) => answer?.clusterId === session.draft.clusterId);
  const cluster = useCurrentCluster();
  const isReady = cluster !== null && isConnected(cluster.connection);
  const now = useNow(30_000, answer !== null);
  const shown = answer !== null && isOnCluster ? answer : null;
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
            ) : shown === null ? (
              isReady ? (
                <Button size="dense" icon={CalendarClock} onPress={() => void askForStart(key, false)}>
                  {t('launch.start.ask')}
                </Button>
              ) : (
                <span className="secondary">{t('launch.start.offline')}</span>
              )
            ) : (
              <>
                {shown.accepted ? (
                  <strong data-testid="expected-start" title={shown.expectedStart === null ? shown.message : exactTime(shown.expectedStart)}>
                    {startWords(shown.expectedStart, now)}
                  </strong>
                ) : (
                  <strong className="check-error" data-testid="start-refused">
                    {t('launch.start.refused')}
                  </strong>
                )}
                {isPresent ? null : isReady ? (
                  <Button size="dense" icon={CalendarClock} onPress={() => void askForStart(key, false)}>
                    {t('launch.start.askAgain')}
                  </Button>
                ) : (
                  <span className="secondary">{t('launch.start.stale')}</span>
                )}
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
              {shown.message} {t(isPresent ? 'launch.start.askedAt' : 'launch.start.askedBefore', { relative: relativeTime(shown.askedAt, Math.max(now, shown.askedAt)) })}
            </p>
          )}
          <Suspense fallback={<Skeleton lines={[70, 60]} />}>
            <StartVariants isReady={isReady} />
          </Suspense>
        </div>
      </Section>
      {shown !== null && !shown.accepted && isPresent && !isOpen ? <p className="start-refusal check-error selectable">{shown.message}</p> : null}
      {phase.kind === 'failed' ? <ErrorNotice error={phase.error} action={isReady ? <Button size="dense" onPress={() => void askForStart(key, false)}>{t('ui.tryAgain')}</Button> : null} /> : null}
    </div>
  );
}
