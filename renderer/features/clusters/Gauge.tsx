import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

interface GaugeProps {
  name: ReactNode;
  /** All that it shows, for screen readers. */
  label: string;
  /** From 0 to 1, more when it is overdrawn; `null`: not known. */
  share: number | null;
  tone: 'plain' | 'warn' | 'bad';
  /** With a word for its tone. */
  text: ReactNode;
}

/** How much of something is used: name, a bar, and the numbers. */
export function Gauge({ name, label, share, tone, text }: GaugeProps) {
  return (
    <li className={`gauge gauge-${tone}`}>
      <span className="gauge-name">{name}</span>
      <span className="gauge-track" role="img" aria-label={label} title={label}>
        {share === null ? null : <span style={{ width: `${String(Math.max(0, Math.min(1, share)) * 100)}%` }} />}
      </span>
      <span className="gauge-text">
        {tone === 'bad' ? (
          <CircleAlert size={12} aria-hidden />
        ) : tone === 'warn' ? (
          <TriangleAlert size={12} aria-hidden />
        ) : null}
        <span>{text}</span>
      </span>
    </li>
  );
}
