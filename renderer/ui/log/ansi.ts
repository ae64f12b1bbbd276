/** Colours and weights of a terminal's text. Numbers are the 16 named colours, `#rrggbb` any other. */
export interface AnsiStyle {
  readonly fg: number | string | null;
  readonly bg: number | string | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
}

export const PLAIN: AnsiStyle = {
  fg: null,
  bg: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
};

/** A stretch of one style in a line's plain text. Only stretches that are not plain are listed. */
export interface AnsiSpan {
  readonly from: number;
  readonly to: number;
  readonly style: AnsiStyle;
}

export interface AnsiLine {
  readonly text: string;
  readonly spans: readonly AnsiSpan[];
  /** What the next line begins with: a colour goes on until it is reset. */
  readonly style: AnsiStyle;
}

// CSI, OSC (ended by BEL or ST) and the short sequences of ECMA-48. Those that are not colours move a cursor that a log does not have.
const SEQUENCE =
  /\u001b(?:\[([0-?]*)[ -/]*([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[PX^_][^\u001b]*\u001b\\|[ -/]*[0-~])/g;
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** Plain text and styles of one line, which must not hold a line feed. Of a line redrawn with carriage returns the last state counts. */
export function parseAnsiLine(raw: string, begin: AnsiStyle): AnsiLine {
  const line = lastDrawing(raw);
  if (!line.includes('\u001b')) {
    const text = line.replace(CONTROLS, '');
    return {
      text,
      spans: begin === PLAIN || text === '' ? [] : [{ from: 0, to: text.length, style: begin }],
      style: begin,
    };
  }
  let text = '';
  let style = begin;
  const spans: AnsiSpan[] = [];
  const add = (part: string): void => {
    const clean = part.replace(CONTROLS, '');
    if (clean === '') return;
    if (style !== PLAIN) spans.push({ from: text.length, to: text.length + clean.length, style });
    text += clean;
  };
  let end = 0;
  for (const match of line.matchAll(SEQUENCE)) {
    add(line.slice(end, match.index));
    end = match.index + match[0].length;
    if (match[2] === 'm') style = applySgr(style, match[1] ?? '');
  }
  add(line.slice(end));
  return { text, spans, style };
}

/** Progress bars redraw their line with `\r`; styles set before the last one still hold, so their sequences are kept. */
function lastDrawing(raw: string): string {
  const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
  const at = line.lastIndexOf('\r');
  if (at < 0) return line;
  return (line.slice(0, at).match(SEQUENCE)?.join('') ?? '') + line.slice(at + 1);
}

function isSame(a: AnsiStyle, b: AnsiStyle): boolean {
  return (
    a.fg === b.fg &&
    a.bg === b.bg &&
    a.bold === b.bold &&
    a.dim === b.dim &&
    a.italic === b.italic &&
    a.underline === b.underline &&
    a.inverse === b.inverse
  );
}

/** Select Graphic Rendition. Source: ECMA-48, 8.3.117; 256 and direct colours as xterm reads them. */
function applySgr(style: AnsiStyle, parameters: string): AnsiStyle {
  const codes = parameters.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)));
  let next = style;
  for (let i = 0; i < codes.length; i += 1) {
    const code = codes[i] ?? 0;
    if (code === 0) next = PLAIN;
    else if (code === 1) next = { ...next, bold: true };
    else if (code === 2) next = { ...next, dim: true };
    else if (code === 3) next = { ...next, italic: true };
    else if (code === 4) next = { ...next, underline: true };
    else if (code === 7) next = { ...next, inverse: true };
    else if (code === 22) next = { ...next, bold: false, dim: false };
    else if (code === 23) next = { ...next, italic: false };
    else if (code === 24) next = { ...next, underline: false };
    else if (code === 27) next = { ...next, inverse: false };
    else if (code >= 30 && code <= 37) next = { ...next, fg: code - 30 };
    else if (code >= 90 && code <= 97) next = { ...next, fg: code - 82 };
    else if (code === 39) next = { ...next, fg: null };
    else if (code >= 40 && code <= 47) next = { ...next, bg: code - 40 };
    else if (code >= 100 && code <= 107) next = { ...next, bg: code - 92 };
    else if (code === 49) next = { ...next, bg: null };
    else if (code === 38 || code === 48) {
      const { colour, used } = extendedColour(codes.slice(i + 1));
      if (colour !== null) next = code === 38 ? { ...next, fg: colour } : { ...next, bg: colour };
      i += used;
    }
  }
  return isSame(next, PLAIN) ? PLAIN : next;
}

function extendedColour(codes: readonly number[]): { colour: number | string | null; used: number } {
  if (codes[0] === 5) return { colour: paletteColour(codes[1] ?? -1), used: 2 };
  if (codes[0] === 2) {
    const [r = -1, g = -1, b = -1] = codes.slice(1, 4);
    return { colour: [r, g, b].every((part) => part >= 0 && part <= 255) ? hex(r, g, b) : null, used: 4 };
  }
  return { colour: null, used: 0 };
}

/** xterm's 256 colours: 16 named, a 6×6×6 cube, 24 greys. */
function paletteColour(index: number): number | string | null {
  if (!Number.isInteger(index) || index < 0 || index > 255) return null;
  if (index < 16) return index;
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return hex(grey, grey, grey);
  }
  const level = (part: number): number => (part === 0 ? 0 : 55 + part * 40);
  const cube = index - 16;
  return hex(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

function hex(...parts: readonly number[]): string {
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
