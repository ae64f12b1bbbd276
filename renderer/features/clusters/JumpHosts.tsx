import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import type { AuthMethod } from '../../../shared/domain/cluster/profile.ts';
import { t } from '../../i18n/index.ts';
import { Button, Checkbox, Field, IconButton, NumberField, TextField, type FieldProblem } from '../../ui/index.ts';
import { AuthOrder, moved } from './AuthOrder.tsx';
import { NEW_HOP, type JumpDraft } from './profile.ts';

/** A profile holds no more. */
const MOST_HOPS = 8;

interface JumpHostsProps {
  jump: readonly JumpDraft[];
  /** Ways that a hop begins with when it gets ways of its own. */
  auth: readonly AuthMethod[];
  onChange: (jump: readonly JumpDraft[]) => void;
  problemOf: (name: string) => FieldProblem | null;
  onBlur: (name: string) => void;
}

/** The servers on the way to the cluster, the first one dialled first. */
export function JumpHosts({ jump, auth, onChange, problemOf, onBlur }: JumpHostsProps) {
  const change = (index: number, changes: Partial<JumpDraft>): void =>
    onChange(jump.map((hop, other) => (other === index ? { ...hop, ...changes } : hop)));
  return (
    <Field
      label={t('clusters.form.jump')}
      help={t('clusters.form.jumpHelp')}
      name="jump"
      aside={
        <Button
          size="dense"
          icon={Plus}
          isDisabled={jump.length >= MOST_HOPS}
          onPress={() => onChange([...jump, NEW_HOP])}
        >
          {t('clusters.form.addJump')}
        </Button>
      }
    >
      {jump.length === 0 ? null : (
        <ol className="order-list">
          {jump.map((hop, index) => {
            const at = `jump.${String(index)}`;
            const name = t('clusters.form.jumpName', { number: index + 1 });
            return (
              <li key={index}>
                <div className="order-head">
                  <span className="order-name">{name}</span>
                  <IconButton
                    size="dense"
                    icon={ArrowUp}
                    label={t('clusters.form.jumpUp', { name })}
                    isDisabled={index === 0}
                    onPress={() => onChange(moved(jump, index, -1))}
                  />
                  <IconButton
                    size="dense"
                    icon={ArrowDown}
                    label={t('clusters.form.jumpDown', { name })}
                    isDisabled={index === jump.length - 1}
                    onPress={() => onChange(moved(jump, index, 1))}
                  />
                  <IconButton
                    size="dense"
                    icon={X}
                    label={t('clusters.form.jumpRemove', { name })}
                    onPress={() => onChange(jump.filter((_, other) => other !== index))}
                  />
                </div>
                <div className="profile-row profile-row-host">
                  <TextField
                    label={t('clusters.form.host')}
                    required
                    mono
                    value={hop.host}
                    problem={problemOf(`${at}.host`)}
                    onBlur={() => onBlur(`${at}.host`)}
                    onChange={(host) => change(index, { host })}
                  />
                  <NumberField
                    label={t('clusters.form.port')}
                    required
                    min={1}
                    max={65_535}
                    value={hop.port}
                    problem={problemOf(`${at}.port`)}
                    onBlur={() => onBlur(`${at}.port`)}
                    onChange={(port) => change(index, { port })}
                  />
                  <TextField
                    label={t('clusters.form.user')}
                    required
                    mono
                    value={hop.user}
                    problem={problemOf(`${at}.user`)}
                    onBlur={() => onBlur(`${at}.user`)}
                    onChange={(user) => change(index, { user })}
                  />
                </div>
                <Checkbox
                  isSelected={hop.auth !== null}
                  onChange={(isOwn) => change(index, { auth: isOwn ? [...auth] : null })}
                >
                  {t('clusters.form.jumpOwnAuth')}
                </Checkbox>
                {hop.auth ? (
                  <AuthOrder
                    label={t('clusters.form.jumpAuth', { name: hop.host || name })}
                    auth={hop.auth}
                    name={`${at}.auth`}
                    problemOf={problemOf}
                    onBlur={onBlur}
                    onChange={(own) => change(index, { auth: [...own] })}
                  />
                ) : null}
              </li>
            );
          })}
        </ol>
      )}
    </Field>
  );
}
