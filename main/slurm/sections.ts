/**
 * Several questions in one round trip: each is a section that may fail by itself. A section is `@slipway NAME`, what it printed,
 * `@slipway end NAME RC`, the beginning of its stderr, and `@slipway done NAME`; one that lacks its last line was cut.
 */
import { MARK } from './record.ts';

/** What one section answered. */
export interface SectionAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  /** At most 1000 bytes. */
  readonly stderr: string;
}

/**
 * sh function `slipway_limit SECONDS COMMAND …`: ends a command that hangs, where the login node has `timeout`. A dead file system or
 * database must not keep the rest waiting.
 */
export const LIMIT = 'if command -v timeout >/dev/null 2>&1; then slipway_limit() { timeout "$@"; }; else slipway_limit() { shift; "$@"; }; fi';

/** One sh script of all sections, in their order, after the lines of `preamble`, whose variables and functions they may use. */
export function sectionsScript(preamble: readonly string[], sections: Readonly<Record<string, string>>): string {
  return [
    LIMIT,
    ...preamble,
    // descriptor 3 carries what is printed past the variable that catches the complaints
    'exec 3>&1',
    ...Object.entries(sections).map(([name, command]) =>
      [
        `printf '\\n${MARK} ${name}\\n'`,
        `slipway_said=$( (\n${command}\n) 2>&1 >&3 3>&- )`,
        `printf '\\n${MARK} end ${name} %s\\n%.1000s\\n${MARK} done ${name}\\n' "$?" "$slipway_said"`,
      ].join('\n'),
    ),
  ].join('\n');
}

/** The section of this name, or null when it never came or was cut. Never throws. */
export function readSection(stdout: string, name: string): SectionAnswer | null {
  const text = `\n${stdout}`;
  const begin = `\n${MARK} ${name}\n`;
  const from = text.indexOf(begin);
  if (from < 0) return null;
  // the begin's own end of line may be the one before an empty section's end
  const end = new RegExp(`\\n${MARK} end ${name} (\\d{1,3})\\n`, 'g');
  end.lastIndex = from + begin.length - 1;
  const found = end.exec(text);
  if (found === null) return null;
  const done = text.indexOf(`\n${MARK} done ${name}\n`, end.lastIndex - 1);
  if (done < 0) return null;
  return { exitCode: Number(found[1]), stdout: text.slice(from + begin.length, found.index), stderr: text.slice(end.lastIndex, done).trim() };
}
