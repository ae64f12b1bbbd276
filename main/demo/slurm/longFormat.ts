/** `--Format` (-O) of sinfo and squeue: `NAME[:[.-][SIZE][SUFFIX]]`, joined by commas. Source: sinfo(1) and squeue(1). */

export interface LongField {
  /** In small letters: names are taken in any case. */
  readonly name: string;
  /** 0 prints a value whole; otherwise it is cut or filled. */
  readonly width: number;
  readonly right: boolean;
  readonly suffix: string;
}

/** Null when nothing is given. A suffix may hold anything but a comma. */
export function parseLongFields(text: string | undefined): LongField[] | null {
  if (text === undefined) return null;
  return text.split(',').map((part) => {
    const at = part.indexOf(':');
    const [, dot = '', size = '', suffix = ''] = /^([.-]?)(\d*)(.*)$/s.exec(at < 0 ? '' : part.slice(at + 1)) ?? [];
    return {
      name: (at < 0 ? part : part.slice(0, at)).toLowerCase(),
      width: size === '' ? 20 : Number(size),
      right: dot === '.',
      suffix,
    };
  });
}

export function printLongField({ width, right, suffix }: LongField, value: string): string {
  if (width === 0) return value + suffix;
  const text = value.slice(0, width);
  return (right ? text.padStart(width) : text.padEnd(width)) + suffix;
}
