import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import type { AuthMethod } from '../../../shared/domain/cluster/profile.ts';
import { t } from '../../i18n/index.ts';
import { Field, IconButton, MenuButton, TextField, type FieldProblem } from '../../ui/index.ts';
import { BrowseButton } from './BrowseButton.tsx';
import { emptyMethod } from './profile.ts';

const KINDS: readonly AuthMethod['kind'][] = ['agent', 'key', 'password', 'keyboard-interactive'];

/** The list with one entry moved up (-1) or down (1). */
export function moved<T>(list: readonly T[], index: number, by: -1 | 1): T[] {
  const next = [...list];
  next.splice(index + by, 0, ...next.splice(index, 1));
  return next;
}

interface AuthOrderProps {
  label: string;
  auth: readonly AuthMethod[];
  onChange: (auth: readonly AuthMethod[]) => void;
  /** Path of the list in the draft: `auth`, `jump.0.auth`. */
  name: string;
  problemOf: (name: string) => FieldProblem | null;
  onBlur: (name: string) => void;
}

/** Ways to log in, in the order in which they are tried. There may be several keys. */
export function AuthOrder({ label, auth, onChange, name, problemOf, onBlur }: AuthOrderProps) {
  const free = KINDS.filter((kind) => kind === 'key' || !auth.some((method) => method.kind === kind));
  return (
    <Field
      label={label}
      name={name}
      problem={problemOf(name)}
      aside={
        <MenuButton
          size="dense"
          label={t('clusters.form.addMethod')}
          entries={free.map((kind) => ({
            id: kind,
            label: t(`clusters.form.authKind.${kind}`),
            icon: Plus,
            onAction: () => onChange([...auth, emptyMethod(kind)]),
          }))}
        >
          {t('clusters.form.addMethod')}
        </MenuButton>
      }
    >
      {auth.length === 0 ? null : (
        <ol className="order-list">
          {auth.map((method, index) => {
            const kind = t(`clusters.form.authKind.${method.kind}`);
            const at = `${name}.${String(index)}.path`;
            return (
              <li key={index}>
                <div className="order-head">
                  <span className="order-name">
                    {index + 1}. {kind}
                  </span>
                  <IconButton
                    size="dense"
                    icon={ArrowUp}
                    label={t('clusters.form.up', { name: kind })}
                    isDisabled={index === 0}
                    onPress={() => onChange(moved(auth, index, -1))}
                  />
                  <IconButton
                    size="dense"
                    icon={ArrowDown}
                    label={t('clusters.form.down', { name: kind })}
                    isDisabled={index === auth.length - 1}
                    onPress={() => onChange(moved(auth, index, 1))}
                  />
                  <IconButton
                    size="dense"
                    icon={X}
                    label={t('clusters.form.removeMethod', { name: kind })}
                    onPress={() => onChange(auth.filter((_, other) => other !== index))}
                  />
                </div>
                <MethodFields
                  method={method}
                  onChange={(changed) => onChange(auth.map((old, other) => (other === index ? changed : old)))}
                  problem={problemOf(at)}
                  onBlur={() => onBlur(at)}
                />
              </li>
            );
          })}
        </ol>
      )}
    </Field>
  );
}

function MethodFields({
  method,
  onChange,
  problem,
  onBlur,
}: {
  method: AuthMethod;
  onChange: (method: AuthMethod) => void;
  problem: FieldProblem | null;
  onBlur: () => void;
}) {
  if (method.kind === 'key') {
    return (
      <div className="order-fields">
        <TextField
          label={t('clusters.form.keyPath')}
          required
          mono
          value={method.path}
          problem={problem}
          onBlur={onBlur}
          onChange={(path) => onChange({ ...method, path })}
          aside={
            <BrowseButton
              what="key"
              label={t('clusters.form.keyPath')}
              onChosen={(path) => onChange({ ...method, path })}
            />
          }
        />
        <TextField
          label={t('clusters.form.certificate')}
          mono
          placeholder={t('clusters.form.certificateEmpty')}
          value={method.certificate ?? ''}
          onChange={(certificate) => onChange({ ...method, certificate: certificate === '' ? null : certificate })}
          aside={
            <BrowseButton
              what="key"
              label={t('clusters.form.certificate')}
              onChosen={(certificate) => onChange({ ...method, certificate })}
            />
          }
        />
      </div>
    );
  }
  if (method.kind === 'agent') {
    return (
      <div className="order-fields">
        <TextField
          label={t('clusters.form.agentSocket')}
          mono
          placeholder={t('clusters.form.agentSocketEmpty')}
          value={method.socket ?? ''}
          onChange={(socket) => onChange({ ...method, socket: socket === '' ? null : socket })}
          aside={
            <BrowseButton
              what="agent"
              label={t('clusters.form.agentSocket')}
              onChosen={(socket) => onChange({ ...method, socket })}
            />
          }
        />
        <TextField
          label={t('clusters.form.agentOnly')}
          mono
          rows={Math.max(1, method.only.length)}
          placeholder={t('clusters.form.agentOnlyEmpty')}
          value={method.only.join('\n')}
          onChange={(text) => onChange({ ...method, only: text === '' ? [] : text.split('\n') })}
          aside={
            <BrowseButton
              what="key"
              label={t('clusters.form.agentOnly')}
              onChosen={(path) => onChange({ ...method, only: [...method.only, path] })}
            />
          }
        />
      </div>
    );
  }
  return null;
}
