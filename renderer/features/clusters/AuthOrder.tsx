import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import type { AuthMethod } from '../../../shared/domain/cluster.ts';
import { t } from '../../i18n/index.ts';
import { Field, IconButton, MenuButton, TextField, type FieldProblem } from '../../ui/index.ts';

const KINDS: readonly AuthMethod['kind'][] = ['agent', 'key', 'password', 'keyboard-interactive'];

function emptyMethod(kind: AuthMethod['kind']): AuthMethod {
  switch (kind) {
    case 'agent':
      return { kind, socket: null, only: [] };
    case 'key':
      return { kind, path: '', certificate: null };
    case 'password':
    case 'keyboard-interactive':
      return { kind };
  }
}

/** Ways to log in, in the order in which they are tried. There may be several keys. */
export function AuthOrder({ auth, onChange, problem }: { auth: readonly AuthMethod[]; onChange: (auth: readonly AuthMethod[]) => void; problem: FieldProblem | null }) {
  const replace = (index: number, method: AuthMethod): void => onChange(auth.map((old, other) => (other === index ? method : old)));
  const move = (index: number, by: number): void => {
    const next = [...auth];
    const [method] = next.splice(index, 1);
    if (method) next.splice(index + by, 0, method);
    onChange(next);
  };
  const free = KINDS.filter((kind) => kind === 'key' || !auth.some((method) => method.kind === kind));
  return (
    <Field
      label={t('clusters.form.auth')}
      problem={problem}
      aside={
        <MenuButton
          size="dense"
          label={t('clusters.form.addMethod')}
          entries={free.map((kind) => ({ id: kind, label: t(`clusters.form.authKind.${kind}`), icon: Plus, onAction: () => onChange([...auth, emptyMethod(kind)]) }))}
        >
          {t('clusters.form.addMethod')}
        </MenuButton>
      }
    >
      {auth.length === 0 ? null : (
        <ol className="auth-list">
          {auth.map((method, index) => {
            const name = t(`clusters.form.authKind.${method.kind}`);
            return (
              <li key={index}>
                <span className="auth-name">
                  {index + 1}. {name}
                </span>
                {method.kind === 'key' ? <TextField label={t('clusters.form.keyPath')} labelHidden placeholder={t('clusters.form.keyPath')} mono value={method.path} onChange={(path) => replace(index, { ...method, path })} /> : null}
                {method.kind === 'agent' ? (
                  <TextField
                    label={t('clusters.form.agentSocket')}
                    labelHidden
                    placeholder={t('clusters.form.agentSocket')}
                    mono
                    value={method.socket ?? ''}
                    onChange={(socket) => replace(index, { ...method, socket: socket === '' ? null : socket })}
                  />
                ) : null}
                <IconButton size="dense" icon={ArrowUp} label={t('clusters.form.up', { name })} isDisabled={index === 0} onPress={() => move(index, -1)} />
                <IconButton size="dense" icon={ArrowDown} label={t('clusters.form.down', { name })} isDisabled={index === auth.length - 1} onPress={() => move(index, 1)} />
                <IconButton size="dense" icon={X} label={t('clusters.form.removeMethod', { name })} onPress={() => onChange(auth.filter((_, other) => other !== index))} />
              </li>
            );
          })}
        </ol>
      )}
    </Field>
  );
}
