import { useEffect, useState } from 'react';
import type { InputOf } from '../../shared/contract/index.ts';
import type { ConnectionPrompt } from '../../shared/domain/cluster/profile.ts';
import type { CodedError } from '../../shared/errors/codedError.ts';
import { formatDuration } from '../../shared/lib/duration.ts';
import { appErrorOf } from '../client/pageError.ts';
import { useClusters } from '../stores/clusters.ts';
import { client } from '../client/index.ts';
import { sayMessage, t } from '../i18n/index.ts';
import { Button, Checkbox, CopyButton, Dialog, ErrorNotice, TextField, useNow } from '../ui/index.ts';
import './ConnectionPrompts.css';

type Answer = InputOf<'clusters.answer'>['answer'];
type HostKeyQuestion = Extract<ConnectionPrompt, { kind: 'hostKey' }>;
type AuthQuestion = Extract<ConnectionPrompt, { kind: 'auth' }>;

/** How long a dialog waits for the server's next question before it goes, in ms: a second round must not make it flicker. */
const NEXT_ROUND_MS = 1500;

/** Questions of connection attempts, one after the other. */
export function ConnectionPrompts() {
  const prompts = useClusters((store) => store.prompts);
  const [answered, setAnswered] = useState<{ prompt: AuthQuestion; round: number } | null>(null);
  // the next question of the login that was just answered goes before those of others
  const prompt =
    prompts.find((one) => one.clusterId === answered?.prompt.clusterId && one.promptId !== answered.prompt.promptId) ??
    prompts.find((one) => one.promptId !== answered?.prompt.promptId);

  useEffect(() => {
    if (answered === null) return undefined;
    const timer = setTimeout(() => setAnswered(null), NEXT_ROUND_MS);
    return () => clearTimeout(timer);
  }, [answered]);

  if (prompt?.kind === 'hostKey') return <HostKeyPrompt key={prompt.promptId} prompt={prompt} />;
  const shown = prompt ?? answered?.prompt;
  if (!shown) return null;
  return (
    <AuthPrompt
      prompt={shown}
      isSent={prompt === undefined}
      others={Math.max(0, prompts.length - 1)}
      onAnswered={setAnswered}
      lastRound={answered}
    />
  );
}

function useAnswer(promptId: string) {
  const [error, setError] = useState<CodedError | null>(null);
  const [isBusy, setBusy] = useState(false);
  /** True when the core took it. */
  const answer = async (given: Answer): Promise<boolean> => {
    setBusy(true);
    setError(null);
    try {
      await client.call('clusters.answer', { promptId, answer: given });
      return true;
    } catch (failure) {
      setError(appErrorOf(failure));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { answer, error, isBusy };
}

function forget(promptId: string): void {
  useClusters.setState((store) => ({ prompts: store.prompts.filter((prompt) => prompt.promptId !== promptId) }));
}

function useClusterName(clusterId: string): string {
  return useClusters(
    (store) => store.clusters?.find(({ profile }) => profile.id === clusterId)?.profile.name ?? clusterId,
  );
}

function HostKeyPrompt({ prompt }: { prompt: HostKeyQuestion }) {
  const { answer, error, isBusy } = useAnswer(prompt.promptId);
  const cluster = useClusterName(prompt.clusterId);
  const host = prompt.port === 22 ? prompt.host : `${prompt.host}:${String(prompt.port)}`;
  const give = async (given: Answer): Promise<void> => {
    if (await answer(given)) forget(prompt.promptId);
  };
  return (
    <Dialog
      title={t('clusters.prompt.hostKeyTitle')}
      isOpen
      isStrict
      width={36}
      onClose={() => void give({ kind: 'cancel' })}
      actions={
        <>
          <Button autoFocus onPress={() => void give({ kind: 'cancel' })}>
            {t('clusters.prompt.refuse')}
          </Button>
          <Button
            variant="primary"
            isDisabled={isBusy}
            onPress={() => void give({ kind: 'accept', fingerprint: prompt.fingerprint })}
          >
            {t('clusters.prompt.accept')}
          </Button>
        </>
      }
    >
      <p>{t('clusters.prompt.hostKeyText', { host })}</p>
      {prompt.authorityKnown ? <p className="prompt-warning">{t('clusters.prompt.authorityKnown')}</p> : null}
      <dl className="prompt-facts">
        <dt>{t('clusters.prompt.forCluster')}</dt>
        <dd>{cluster}</dd>
        <dt>{t('clusters.prompt.host')}</dt>
        <dd className="mono selectable">{host}</dd>
        <dt>{t('clusters.prompt.algorithm')}</dt>
        <dd className="mono selectable">{prompt.algorithm}</dd>
        <dt>{t('clusters.prompt.fingerprint')}</dt>
        <dd className="prompt-fingerprint">
          <span className="mono selectable">{prompt.fingerprint}</span>
          <CopyButton text={prompt.fingerprint} />
        </dd>
      </dl>
      {error ? <ErrorNotice error={error} /> : null}
    </Dialog>
  );
}

interface AuthPromptProps {
  prompt: AuthQuestion;
  /** It is answered, and the server has not yet said more. */
  isSent: boolean;
  /** Questions that wait behind this one. */
  others: number;
  lastRound: { prompt: AuthQuestion; round: number } | null;
  onAnswered: (answered: { prompt: AuthQuestion; round: number }) => void;
}

/** One dialog through all rounds of a login: its fields change, it does not come and go. */
function AuthPrompt({ prompt, isSent, others, lastRound, onAnswered }: AuthPromptProps) {
  const { answer, error, isBusy } = useAnswer(prompt.promptId);
  const cluster = useClusterName(prompt.clusterId);
  const [entry, setEntry] = useState(() => emptyEntry(prompt));
  const [round, setRound] = useState(1);
  // another question in the same dialog begins empty
  if (entry.promptId !== prompt.promptId) {
    setEntry(emptyEntry(prompt));
    setRound(lastRound?.prompt.clusterId === prompt.clusterId ? lastRound.round + 1 : 1);
  }
  const { values, keeps } = entry;
  const send = (): void => {
    if (isSent || isBusy) return;
    void answer({ kind: 'answers', values: [...values], remember: keeps }).then((taken) => {
      if (!taken) return;
      onAnswered({ prompt, round });
      forget(prompt.promptId);
    });
  };
  const cancel = (): void => {
    if (isSent) return;
    void answer({ kind: 'cancel' }).then((taken) => {
      if (taken) forget(prompt.promptId);
    });
  };
  const ownWord =
    prompt.method === 'keyboard-interactive' ? t('clusters.prompt.answer') : t(`clusters.prompt.${prompt.method}`);
  return (
    <Dialog
      title={t('clusters.prompt.authTitle', { cluster })}
      isOpen
      isStrict
      width={28}
      onClose={cancel}
      actions={
        <>
          <TimeLeft until={prompt.until} />
          <Button onPress={cancel}>{t('ui.cancel')}</Button>
          <Button variant="primary" isDisabled={isSent} onPress={send}>
            {prompt.fields.length === 0 || prompt.method === 'keyboard-interactive'
              ? t('clusters.prompt.continue')
              : t('clusters.prompt.send')}
          </Button>
        </>
      }
    >
      {/* heard when it changes: the first question is read with the dialog */}
      <div className="prompt-asker" aria-live="polite">
        <p className="secondary">
          {t('clusters.prompt.asker', { asker: prompt.asker })}
          {round > 1 ? ` · ${t('clusters.prompt.round', { count: round })}` : ''}
        </p>
        {/* the server's own words where it has some */}
        <blockquote className="prompt-words selectable">
          <strong>{sayMessage(prompt.title)}</strong>
          {prompt.instructions === null ? null : <span>{sayMessage(prompt.instructions)}</span>}
        </blockquote>
      </div>
      {prompt.fields.map((field, index) => (
        <TextField
          key={`${prompt.promptId} ${String(index)}`}
          label={sayMessage(field.label).trim() || ownWord}
          type={field.echo ? 'text' : 'password'}
          value={values[index] ?? ''}
          isDisabled={isSent}
          autoFocus={index === 0}
          onSubmit={send}
          onChange={(value) =>
            setEntry({ ...entry, values: values.map((old, other) => (other === index ? value : old)) })
          }
        />
      ))}
      {prompt.fields.length === 0 ? null : (
        <Checkbox
          isSelected={keeps}
          isDisabled={isSent || !prompt.remember.possible}
          help={rememberHelp(prompt.remember)}
          onChange={(next) => setEntry({ ...entry, keeps: next })}
        >
          {t('clusters.prompt.keep')}
        </Checkbox>
      )}
      {others > 0 ? <p className="secondary">{t('clusters.prompt.waitingOthers', { count: others })}</p> : null}
      {error ? <ErrorNotice error={error} /> : null}
    </Dialog>
  );
}

function emptyEntry(prompt: AuthQuestion): { promptId: string; values: readonly string[]; keeps: boolean } {
  return { promptId: prompt.promptId, values: prompt.fields.map(() => ''), keeps: false };
}

function rememberHelp(remember: AuthQuestion['remember']): string {
  if (remember.possible) return t('clusters.prompt.keepHelp');
  return remember.reason === 'one-time' ? t('clusters.prompt.oneTime') : t('clusters.prompt.noKeychain');
}

function TimeLeft({ until }: { until: number }) {
  const now = useNow(1000);
  const left = (until - now) / 1000;
  return (
    <span className="prompt-left secondary">
      {left > 0 ? t('clusters.prompt.left', { time: formatDuration(left) }) : t('clusters.prompt.late')}
    </span>
  );
}
