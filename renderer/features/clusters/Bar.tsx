import { t } from '../../i18n/index.ts';

export type BarKind = 'allocated' | 'idle' | 'other' | 'unknown';

/** A stacked bar. Its label says all that it shows; the words beside it repeat what matters. */
export function Bar({
  label,
  title,
  total,
  parts,
}: {
  label: string;
  title: string;
  total: number;
  parts: readonly { kind: BarKind; count: number }[];
}) {
  return (
    <span className="bar" role="img" aria-label={label} title={title}>
      {total <= 0
        ? null
        : parts.map(({ kind, count }) =>
            count <= 0 ? null : <span key={kind} className={`bar-${kind}`} style={{ flexGrow: count }} />,
          )}
    </span>
  );
}

/** What the parts of bars mean; for screen readers each bar says it itself. */
export function Legend({
  kinds,
  words = {},
}: {
  kinds: readonly Exclude<BarKind, 'unknown'>[];
  words?: Partial<Record<BarKind, string>>;
}) {
  return (
    <span className="legend" aria-hidden>
      {kinds.map((kind) => (
        <span key={kind}>
          <i className={`bar-${kind}`} />
          {words[kind] ?? t(`clusters.legend.${kind}`)}
        </span>
      ))}
    </span>
  );
}
