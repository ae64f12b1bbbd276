import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp, WrapText } from 'lucide-react';
import {
  useDeferredValue,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type ReactNode,
} from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { t } from '../../i18n/index.ts';
import { IconButton } from '../Button.tsx';
import { SearchField } from '../TextField.tsx';
import type { AnsiStyle } from './ansi.ts';
import { findInLog, type LogLine, type LogMatch } from './logBuffer.ts';
import './LogLines.css';

export interface LogLinesProps {
  /** For screen readers. */
  label: string;
  /** A new array, or a new `revision`, for each change. */
  lines: readonly LogLine[];
  revision: number;
  isWrapped: boolean;
  onWrap: (isWrapped: boolean) => void;
  /** Left part of the tool row: which stream. */
  tools?: ReactNode;
  /** Stands above the first line: "show earlier output". */
  before?: ReactNode;
  /** Shown instead of the lines when there are none. */
  empty: ReactNode;
}

/** This close to the end counts as being there, px. */
const AT_END = 24;

/**
 * A log of any length. It follows its end until the reader scrolls up; then a button says how many lines came since. Search steps
 * through the places with Enter and Shift-Enter.
 */
export function LogLines({ label, lines, revision, isWrapped, onWrap, tools, before, empty }: LogLinesProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const [seen, setSeen] = useState(0);
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const wanted = useDeferredValue(query);
  // the buffer is one growing array, so the revision says that it changed
  const matches = useMemo(() => (revision < 0 ? [] : findInLog(lines, wanted)), [lines, revision, wanted]);
  const match = matches[Math.min(at, matches.length - 1)];

  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 18,
    overscan: 20,
  });

  useLayoutEffect(() => {
    if (!isFollowing || lines.length === 0) return;
    virtual.scrollToIndex(lines.length - 1, { align: 'end' });
    setSeen(lines.length);
  }, [isFollowing, lines, revision, virtual]);

  useEffect(() => {
    if (!match) return;
    setFollowing(false);
    virtual.scrollToIndex(match.line, { align: 'center' });
  }, [match, virtual]);

  const step = (by: number): void => {
    if (matches.length > 0) setAt((Math.min(at, matches.length - 1) + by + matches.length) % matches.length);
  };
  const items = virtual.getVirtualItems();
  const matchesByLine = useMemo(() => {
    const byLine = new Map<number, LogMatch[]>();
    for (const found of matches) byLine.set(found.line, [...(byLine.get(found.line) ?? []), found]);
    return byLine;
  }, [matches]);
  const unseen = isFollowing ? 0 : Math.max(0, lines.length - seen);

  return (
    <div className="log">
      <div className="log-bar">
        {tools}
        <div
          className="log-search"
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            step(event.shiftKey ? -1 : 1);
          }}
        >
          <SearchField
            label={t('jobs.log.search')}
            value={query}
            onChange={(next) => {
              setQuery(next);
              setAt(0);
            }}
          />
          {query === '' ? null : (
            <>
              <span className="secondary" role="status">
                {matches.length === 0
                  ? t('jobs.log.noMatches')
                  : t('jobs.log.matches', { at: Math.min(at, matches.length - 1) + 1, count: matches.length })}
              </span>
              <IconButton icon={ArrowUp} size="dense" label={t('jobs.log.previous')} onPress={() => step(-1)} />
              <IconButton icon={ArrowDown} size="dense" label={t('jobs.log.next')} onPress={() => step(1)} />
            </>
          )}
        </div>
        <IconButton
          icon={WrapText}
          size="dense"
          label={t('jobs.log.wrap')}
          pressed={isWrapped}
          onPress={() => onWrap(!isWrapped)}
        />
      </div>
      <div
        ref={scroller}
        className={isWrapped ? 'log-lines log-wrapped' : 'log-lines'}
        role="log"
        aria-label={label}
        aria-live="off"
        tabIndex={0}
        data-testid="log"
        data-following={isFollowing}
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          const isAtEnd = scrollHeight - scrollTop - clientHeight < AT_END;
          if (isAtEnd) setSeen(lines.length);
          setFollowing(isAtEnd);
        }}
      >
        {before}
        {lines.length === 0 ? (
          empty
        ) : (
          <div className="log-sheet" style={{ height: `${String(virtual.getTotalSize())}px` }}>
            <div style={{ transform: `translateY(${String(items[0]?.start ?? 0)}px)` }}>
              {items.map((item) => {
                const line = lines[item.index];
                return (
                  <div
                    key={item.key}
                    ref={virtual.measureElement}
                    data-index={item.index}
                    className="log-line selectable"
                  >
                    {line ? <LineText line={line} matches={matchesByLine.get(item.index)} current={match} /> : null}
                  </div>
                );
              })}
            </div>
          </div>
        )}
      </div>
      {isFollowing || lines.length === 0 ? null : (
        <AriaButton className="log-jump" data-testid="log-jump" onPress={() => setFollowing(true)}>
          {unseen > 0 ? t('jobs.log.newLines', { count: unseen }) : t('jobs.log.toEnd')}
        </AriaButton>
      )}
    </div>
  );
}

/** Borders of styles and matches cut a line into pieces that each have one look. */
function LineText({
  line,
  matches = [],
  current,
}: {
  line: LogLine;
  matches: readonly LogMatch[] | undefined;
  current: LogMatch | undefined;
}) {
  const { text, spans } = line;
  if (text === '') return <br />;
  if (spans.length === 0 && matches.length === 0) return text;
  const cuts = [
    ...new Set([
      0,
      text.length,
      ...spans.flatMap(({ from, to }) => [from, to]),
      ...matches.flatMap(({ from, to }) => [from, to]),
    ]),
  ].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, index) => {
    const to = cuts[index + 1] ?? text.length;
    const style = spans.find((span) => span.from <= from && span.to >= to)?.style;
    const found = matches.find((match) => match.from <= from && match.to >= to);
    const piece = text.slice(from, to);
    const look = style ? ansiLook(style) : {};
    return found ? (
      <mark key={from} className={found === current ? 'log-match log-match-current' : 'log-match'}>
        {piece}
      </mark>
    ) : (
      <span key={from} {...look}>
        {piece}
      </span>
    );
  });
}

function ansiLook(style: AnsiStyle): { className: string; style: CSSProperties } {
  const [fg, bg] = style.inverse ? [style.bg ?? 'var(--bg)', style.fg ?? 'var(--text)'] : [style.fg, style.bg];
  const colour = (value: number | string | null): string | undefined =>
    value === null ? undefined : typeof value === 'number' ? `var(--ansi-${String(value)})` : value;
  const names = [
    style.bold ? 'log-bold' : '',
    style.dim ? 'log-dim' : '',
    style.italic ? 'log-italic' : '',
    style.underline ? 'log-underline' : '',
  ];
  return {
    className: names.filter((name) => name !== '').join(' '),
    style: { color: colour(fg), backgroundColor: colour(bg) },
  };
}
