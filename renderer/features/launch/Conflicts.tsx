import { changeDraft, formSessionOf, useFormSessionKey, useFormView } from '../form/index.ts';
import { useEffect, useRef, useState } from 'react';
import type { EditPiece } from '../../../shared/domain/job/script.ts';
import { t } from '../../i18n/index.ts';
import { Button, showToast } from '../../ui/index.ts';
import { settledText, type Choice } from './editedText.ts';
import { editByHand } from './handEdits.ts';

/** Lines that are shown around a conflict. */
const CONTEXT = 3;

type Conflict = Extract<EditPiece, { kind: 'conflict' }>;

const CHOICES = [
  ['mine', 'launch.edit.takeMine'],
  ['form', 'launch.edit.takeForm'],
  ['both', 'launch.edit.takeBoth'],
] as const;

/** What the person and the form changed differently, side by side, each place to be decided. */
export function Conflicts({ file, name, pieces }: { file: string | null; name: string; pieces: readonly EditPiece[] }) {
  const key = useFormSessionKey();
  const places = pieces.flatMap((piece, index) => (piece.kind === 'conflict' ? [{ piece, index }] : []));
  const [choices, setChoices] = useState<readonly (Choice | null)[]>(() => places.map(() => null));
  const left = choices.filter((choice) => choice === null).length;
  const list = useRef<HTMLDivElement>(null);
  const place = useFormView((view) => view.place);
  useEffect(() => {
    if (place?.file === file && place.line === null)
      list.current?.querySelector<HTMLElement>('.conflict-actions button')?.focus();
  }, [place, file]);
  const apply = (): void => {
    const before = formSessionOf(key)?.draft.edits;
    editByHand(
      key,
      file,
      settledText(
        pieces,
        choices.map((choice) => choice ?? 'both'),
      ),
    );
    const undo = (): void =>
      changeDraft(key, ({ edits: _settled, ...draft }) => (before === undefined ? draft : { ...draft, edits: before }));
    showToast({
      kind: 'info',
      title: t('launch.edit.settled', { name }),
      action: { label: t('launch.undo'), onPress: undo },
    });
  };
  return (
    <div
      className="conflicts"
      role="group"
      aria-label={t('launch.edit.conflicts', { count: places.length })}
      ref={list}
      data-testid="conflicts"
    >
      <div className="conflicts-head">
        <strong>{t('launch.edit.conflicts', { count: places.length })}</strong>
        <span className="form-actions">
          {places.length > 1 ? (
            <>
              <Button size="dense" variant="quiet" onPress={() => setChoices(places.map(() => 'mine'))}>
                {t('launch.edit.allMine')}
              </Button>
              <Button size="dense" variant="quiet" onPress={() => setChoices(places.map(() => 'form'))}>
                {t('launch.edit.allForm')}
              </Button>
            </>
          ) : null}
          <Button size="dense" isDisabled={left > 0} onPress={apply}>
            {left > 0 ? t('launch.edit.left', { count: left }) : t('launch.edit.apply')}
          </Button>
        </span>
      </div>
      {places.map(({ piece, index }, at) => (
        <Place
          key={index}
          number={at + 1}
          conflict={piece}
          before={around(pieces[index - 1], 'before')}
          after={around(pieces[index + 1], 'after')}
          choice={choices[at] ?? null}
          onChoose={(choice) => setChoices((all) => all.map((each, i) => (i === at ? choice : each)))}
        />
      ))}
    </div>
  );
}

function around(piece: EditPiece | undefined, side: 'before' | 'after'): readonly string[] {
  if (piece?.kind !== 'text') return [];
  return side === 'before' ? piece.lines.slice(-CONTEXT) : piece.lines.slice(0, CONTEXT);
}

interface PlaceProps {
  number: number;
  conflict: Conflict;
  before: readonly string[];
  after: readonly string[];
  choice: Choice | null;
  onChoose: (choice: Choice) => void;
}

function Place({ number, conflict, before, after, choice, onChoose }: PlaceProps) {
  return (
    <section className="conflict" aria-label={t('launch.edit.place', { number })} data-decided={choice !== null}>
      <Lines lines={before} />
      <div className="conflict-sides">
        <Side title={t('launch.edit.mine')} lines={conflict.mine} isTaken={choice === 'mine' || choice === 'both'} />
        <Side title={t('launch.edit.form')} lines={conflict.form} isTaken={choice === 'form' || choice === 'both'} />
      </div>
      <div className="conflict-actions">
        {CHOICES.map(([id, label]) => (
          <Button key={id} size="dense" aria-pressed={choice === id} onPress={() => onChoose(id)}>
            {t(label)}
          </Button>
        ))}
      </div>
      <Lines lines={after} />
    </section>
  );
}

function Side({ title, lines, isTaken }: { title: string; lines: readonly string[]; isTaken: boolean }) {
  return (
    <div className="conflict-side" data-taken={isTaken}>
      <h3>{title}</h3>
      {lines.length === 0 ? (
        <p className="muted">{t('launch.edit.nothing')}</p>
      ) : (
        <pre className="selectable">{lines.join('\n')}</pre>
      )}
    </div>
  );
}

function Lines({ lines }: { lines: readonly string[] }) {
  return lines.length === 0 ? null : <pre className="conflict-context selectable">{lines.join('\n')}</pre>;
}
