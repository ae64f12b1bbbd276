/**
 * What Open OnDemand sets up around the scripts of a Batch Connect app, in bash: its functions, the order of the scripts, the file with
 * what is needed to reach the program. Source: docs "Batch Connect", lib/ood_core/batch_connect/template.rb of ood_core.
 */
import type { BashScript } from './batchConnectScript.ts';

export type ScriptName = 'before' | 'script' | 'after' | 'clean';
export type Scripts = Readonly<Partial<Record<ScriptName, { readonly file: string; readonly script: BashScript }>>>;

/** By name, each with the ones that it calls. */
const FUNCTIONS: Readonly<Record<string, { readonly needs: readonly string[]; readonly lines: readonly string[] }>> = {
  port_used: {
    needs: [],
    lines: [
      '# whether something listens on HOST:PORT',
      'port_used () {',
      '  local on=${1%:*} at=${1##*:}',
      '  [ "$on" != "$1" ] || on=localhost',
      '  (exec 3<>"/dev/tcp/$on/$at") 2>/dev/null',
      '}',
    ],
  },
  find_port: {
    needs: ['port_used'],
    lines: [
      '# a port on which nothing listens',
      'find_port () {',
      '  local at tries',
      '  for tries in {1..200}; do',
      '    at=$(( ${2:-2000} + (RANDOM * 32768 + RANDOM) % (${3:-65535} - ${2:-2000} + 1) ))',
      '    port_used "${1:-localhost}:$at" || { printf \'%s\\n\' "$at"; return 0; }',
      '  done',
      '  return 1',
      '}',
    ],
  },
  wait_until_port_used: {
    needs: ['port_used'],
    lines: [
      '# waits SECONDS for something to listen on HOST:PORT',
      'wait_until_port_used () {',
      '  local end=$(( SECONDS + ${2:-30} ))',
      '  until port_used "$1"; do',
      '    [ "$SECONDS" -lt "$end" ] || return 1',
      '    [ -z "${SCRIPT_PID:-}" ] || kill -0 "$SCRIPT_PID" 2>/dev/null || return 1',
      '    sleep 1',
      '  done',
      '}',
    ],
  },
  create_passwd: {
    needs: [],
    lines: [
      '# so many letters and digits by chance',
      'create_passwd () {',
      "  local made=''",
      '  while [ "${#made}" -lt "${1:-32}" ]; do',
      "    made+=$(head -c 64 /dev/urandom | LC_ALL=C tr -dc 'a-zA-Z0-9')",
      '  done',
      '  printf \'%s\\n\' "${made:0:${1:-32}}"',
      '}',
    ],
  },
  random_number: {
    needs: [],
    lines: [
      'random_number () {',
      '  echo $(( ${1:-0} + (RANDOM * 32768 + RANDOM) % (${2:-65535} - ${1:-0} + 1) ))',
      '}',
    ],
  },
  source_helpers: { needs: [], lines: ['# they are here already', 'source_helpers () { :; }'] },
};

/** The functions of Open OnDemand that the scripts call. */
export function calledFunctions(scripts: Scripts): string[] {
  const text = Object.values(scripts)
    .flatMap(({ script }) => script.lines)
    .join('\n');
  const called = Object.keys(FUNCTIONS).filter(
    (name) =>
      new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text) &&
      !new RegExp(`^\\s*(?:function\\s+)?${name}\\s*\\(\\)`, 'm').test(text),
  );
  return Object.keys(FUNCTIONS).filter(
    (name) => called.includes(name) || called.some((other) => FUNCTIONS[other]?.needs.includes(name)),
  );
}

/** All of it as one script. `shared` are the variables that the app’s page asks for, beside host, port and password. */
export function batchConnectScript(scripts: Scripts, shared: readonly string[]): string {
  const { before, script, after, clean } = scripts;
  const gaps = Object.values(scripts).flatMap(({ file, script: { gaps: found } }) =>
    found.map((each) => `${file}: ${each}`),
  );
  const part = (each: { file: string; script: BashScript } | undefined): string[] =>
    each === undefined ? [] : ['', `# ${each.file}`, ...withoutBlankEnds(each.script.lines)];
  const called = calledFunctions(scripts);
  const everything = Object.values(scripts)
    .flatMap((each) => each.script.lines)
    .join('\n');
  const cleansUp =
    clean !== undefined ||
    (/\bclean_up\b/.test(everything) && !/^\s*(?:function\s+)?clean_up\s*\(\)/m.test(everything));
  const usesPort = /(?<![\w-])port=/.test(everything);
  const main = script === undefined ? [] : ['', `# ${script.file}`, ...mainOf(script.script)];
  return [
    ...gaps.map(
      (gap) =>
        `: "\${OPEN_ONDEMAND_RUBY:?${gap
          .replaceAll(/[^A-Za-z0-9_ .:=<>%+-]/g, ' ')
          .replaceAll(/\s+/g, ' ')
          .trim()} is not known}"`,
    ),
    '# what Open OnDemand sets up around these scripts',
    'export host=$(hostname)',
    ...called.flatMap((name) => FUNCTIONS[name]?.lines ?? []),
    ...(cleansUp
      ? [
          'clean_up () {',
          '  local code=${1:-0}',
          ...(clean === undefined ? [] : part(clean)),
          '  [ -z "${SCRIPT_PID:-}" ] || kill "$SCRIPT_PID" 2>/dev/null',
          '  exit "$code"',
          '}',
        ]
      : []),
    ...part(before),
    ...(after === undefined
      ? [...(usesPort ? connection(shared) : []), ...main]
      : [
          '',
          '(',
          ...main.slice(1),
          ') &',
          'SCRIPT_PID=$!',
          ...part(after),
          ...(usesPort ? connection(shared) : []),
          'wait "$SCRIPT_PID"',
        ]),
    ...(cleansUp ? ['clean_up "$?"'] : []),
    '',
  ].join('\n');
}

function mainOf({ lines, interpreter }: BashScript): string[] {
  if (interpreter === null) return withoutBlankEnds(lines);
  let end = 'END_OF_SCRIPT';
  while (lines.includes(end)) end = `${end}_`;
  return [`${interpreter} /dev/fd/3 3<<'${end}'`, ...withoutBlankEnds(lines), end];
}

/** In a file of one’s own, never in the output: whoever may read that could use the program as this person. */
function connection(shared: readonly string[]): string[] {
  const names = [
    'host',
    'port',
    'password',
    ...shared.filter((name) => /^[A-Za-z_]\w*$/.test(name) && !['host', 'port', 'password'].includes(name)),
  ];
  return [
    '',
    '# for you alone: how to reach the program',
    `(umask 077; printf '%s: %s\\n' ${names.map((name) => `${name} "\${${name}:-}"`).join(' ')} >connection.yml)`,
    'echo "The program is to listen on $host, port ${port:-}. What it asks for is in connection.yml of the run folder, which only you can read."',
  ];
}

function withoutBlankEnds(lines: readonly string[]): string[] {
  const from = lines.findIndex((line) => line.trim() !== '');
  return from === -1 ? [':'] : lines.slice(from, lines.findLastIndex((line) => line.trim() !== '') + 1);
}
