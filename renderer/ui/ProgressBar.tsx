import './ProgressBar.css';

/** `value` from 0 to 100; `null` while it is not known. */
export function ProgressBar({
  value,
  label,
  text,
  tone = 'accent',
}: {
  value: number | null;
  label: string;
  text?: string;
  tone?: 'accent' | 'ok' | 'bad' | 'muted';
}) {
  const known = value === null ? null : Math.max(0, Math.min(100, value));
  return (
    <span className={`progress progress-${tone}`}>
      <span
        className="progress-track"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(known === null ? {} : { 'aria-valuenow': Math.round(known) })}
        {...(text === undefined ? {} : { 'aria-valuetext': text })}
      >
        <span
          className={known === null ? 'progress-fill progress-unknown' : 'progress-fill'}
          style={known === null ? undefined : { width: `${String(known)}%` }}
        />
      </span>
      {text === undefined ? null : <span className="progress-text">{text}</span>}
    </span>
  );
}
