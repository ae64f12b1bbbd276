import { useState } from 'react';
import type { ConnectionPrompt } from '../../shared/domain/cluster.ts';
import type { InputOf } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors/appError.ts';
import { appErrorOf, useClusters } from '../client/clusters.ts';
import { client } from '../client/index.ts';
import { t } from '../i18n/index.ts';
import { Button, CopyButton, Dialog, ErrorNotice, TextField } from '../ui/index.ts';
import './ConnectionPrompts.css';

type Answer = InputOf<'clusters.answer'>['answer'];

/** Questions of connection attempts, one after the other. */
export function ConnectionPrompts() {
  const prompt = useClusters((store) => store.prompts[0]);
  if (!prompt) return null;
  return prompt.kind === 'hostKey' ? <HostKeyPrompt key={prompt.promptId} prompt={prompt} /> : <AuthPrompt key={prompt.promptId} prompt={prompt} />;
}

function useAnswer(promptId: string) {
  const [error, setError] = useState<AppError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const answer = async (given: Answer): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await client.call('clusters.answer', { promptId, answer: given });
      useClusters.setState((store) => ({ prompts: store.prompts.filter((prompt) => prompt.promptId !== promptId) }));
    } catch (failure) {
      setError(appErrorOf(failure));
      setBusy(false);
    }
  };
  return { answer, error, isBusy };
}

function HostKeyPrompt({ prompt }: { prompt: Extract<ConnectionPrompt, { kind: 'hostKey' }> }) {
  const { answer, error, isBusy } = useAnswer(prompt.promptId);
  const host = prompt.port === 22 ? prompt.host : `${prompt.host}:${String(prompt.port)}`;
  return (
    <Dialog
      title={t('app.prompt.hostKeyTitle')}
      isOpen
      isStrict
      width={36}
      onClose={() => void answer({ kind: 'cancel' })}
      actions={
        <>
          <Button autoFocus onPress={() => void answer({ kind: 'cancel' })}>
            {t('app.prompt.refuse')}
          </Button>
          <Button variant="primary" isDisabled={isBusy} onPress={() => void answer({ kind: 'accept' })}>
            {t('app.prompt.accept')}
          </Button>
        </>
      }
    >
      <p>{t('app.prompt.hostKeyText', { host })}</p>
      <dl className="prompt-facts">
        <dt>{t('app.prompt.host')}</dt>
        <dd className="mono selectable">{host}</dd>
        <dt>{t('app.prompt.algorithm')}</dt>
        <dd className="mono selectable">{prompt.algorithm}</dd>
        <dt>{t('app.prompt.fingerprint')}</dt>
        <dd className="prompt-fingerprint">
          <span className="mono selectable">{prompt.fingerprint}</span>
          <CopyButton text={prompt.fingerprint} />
        </dd>
      </dl>
      {error ? <ErrorNotice error={error} /> : null}
    </Dialog>
  );
}

function AuthPrompt({ prompt }: { prompt: Extract<ConnectionPrompt, { kind: 'auth' }> }) {
  const { answer, error, isBusy } = useAnswer(prompt.promptId);
  const cluster = useClusters((store) => store.clusters?.find(({ profile }) => profile.id === prompt.clusterId)?.profile.name ?? prompt.clusterId);
  const [values, setValues] = useState<readonly string[]>(() => prompt.fields.map(() => ''));
  const send = (): void => void answer({ kind: 'answers', values: [...values] });
  const ownWord = prompt.method === 'keyboard-interactive' ? t('app.prompt.answer') : t(`app.prompt.${prompt.method}`);
  return (
    <Dialog
      title={prompt.title || t('app.prompt.authTitle', { cluster })}
      isOpen
      isStrict
      width={26}
      onClose={() => void answer({ kind: 'cancel' })}
      actions={
        <>
          <Button onPress={() => void answer({ kind: 'cancel' })}>{t('ui.cancel')}</Button>
          <Button variant="primary" isDisabled={isBusy} onPress={send}>
            {t('app.prompt.send')}
          </Button>
        </>
      }
    >
      {/* the server's own words, as they came */}
      {prompt.instructions ? <p className="prompt-words selectable">{prompt.instructions}</p> : null}
      {prompt.fields.map((field, index) => (
        <TextField
          key={index}
          label={field.label.trim() || ownWord}
          type={field.echo ? 'text' : 'password'}
          value={values[index] ?? ''}
          autoFocus={index === 0}
          onSubmit={send}
          onChange={(value) => setValues(values.map((old, other) => (other === index ? value : old)))}
        />
      ))}
      <p className="secondary">{t('app.prompt.kept')}</p>
      {error ? <ErrorNotice error={error} /> : null}
    </Dialog>
  );
}
