/**
 * Several questions in one round trip: each is a section that may fail by itself. A section is `@slipway NAME`, what it printed,
 * `@slipway end NAME RC`, the beginning of its stderr, and `@slipway done NAME`; one that lacks its last line was cut.
 */
import { MARK } from './record.ts';

/**
 * Seconds for one question to the controller where what it answers is not waited for by jobs. Slurm's commands give up by themselves
 * only after one or two minutes.
 */
export const CONTROLLER_SECONDS = 15;

/** What one section answered. */
export interface SectionAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  /** At most 1000 bytes. */
  readonly stderr: string;
}

/**
 * sh function `slipway_limit SECONDS COMMAND …`: ends a command that hangs, with exit code 124, and leaves nothing of it on the login
 * node. A dead file system or database must not keep the rest waiting. Where there is no `timeout`, a process beside the command does
 * its work: a command in the background reads from /dev/null unless its input is handed on, and the waiting `sleep` must not hold the
 * output open.
 */
export const LIMIT = [
  'if command -v timeout >/dev/null 2>&1; then slipway_limit() { timeout "$@"; }; else',
  'slipway_limit() {',
  '  slipway_seconds=$1; shift',
  '  { "$@" <&9 9<&- & } 9<&0',
  '  slipway_command=$!',
  '  (sleep "$slipway_seconds"; kill "$slipway_command") </dev/null >/dev/null 2>&1 3>&- &',
  '  slipway_watch=$!',
  '  wait "$slipway_command"; set -- "$?"',
  '  kill "$slipway_watch" 2>/dev/null',
  '  [ "$1" -ne 143 ] || set -- 124',
  '  return "$1"',
  '}; fi',
].join('\n');

/**
 * One sh script of all sections, in their order, after the lines of `preamble`, whose variables and functions they may use. Those
 * named in `early` are begun before the first and waited for when their turn comes: each of them is a wait of its own for the
 * accounting database. Names are letters only.
 */
export function sectionsScript(
  preamble: readonly string[],
  sections: Readonly<Record<string, string>>,
  early: readonly string[] = [],
): string {
  const end = (name: string, code: string, complaint: string): string =>
    `printf '\\n${MARK} end ${name} %s\\n%.1000s\\n${MARK} done ${name}\\n' "${code}" "${complaint}"`;
  const file = (name: string): string => `"$slipway_folder/${name}"`;
  const inTurn = (name: string): string =>
    [`  slipway_said=$(slipway_ask_${name} 2>&1 >&3 3>&-)`, `  ${end(name, '$?', '$slipway_said')}`].join('\n');
  return [
    LIMIT,
    ...preamble,
    ...Object.entries(sections).map(([name, command]) => `slipway_ask_${name}() (\n${command}\n)`),
    // where no folder can be made, they are asked one after the other
    ...(early.length === 0
      ? []
      : ['slipway_folder=$(mktemp -d "${TMPDIR:-/tmp}/slipway.XXXXXX" 2>/dev/null) || slipway_folder=']),
    ...early.map(
      (name) =>
        `[ -z "$slipway_folder" ] || { slipway_ask_${name} >${file(name)} 2>${file(`${name}.said`)}; echo $? >${file(`${name}.code`)}; } &`,
    ),
    // descriptor 3 carries what is printed past the variable that catches the complaints
    'exec 3>&1',
    ...Object.keys(sections).map((name) =>
      [
        `printf '\\n${MARK} ${name}\\n'`,
        ...(early.includes(name)
          ? [
              'if [ -n "$slipway_folder" ]; then',
              '  wait',
              `  cat ${file(name)}`,
              `  ${end(name, `$(cat ${file(`${name}.code`)})`, `$(cat ${file(`${name}.said`)})`)}`,
              'else',
              inTurn(name),
              'fi',
            ]
          : [inTurn(name)]),
      ].join('\n'),
    ),
    ...(early.length === 0 ? [] : ['[ -z "$slipway_folder" ] || rm -rf "$slipway_folder"']),
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
  return {
    exitCode: Number(found[1]),
    stdout: text.slice(from + begin.length, found.index),
    stderr: text.slice(end.lastIndex, done).trim(),
  };
}
