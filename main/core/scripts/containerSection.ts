/**
 * What a job with an image does before anything of the template runs: looks that image and bind sources are there, and prepares what Apptainer and the
 * programs inside find in their environment. Lines of bash (3.2 or newer), safe under `set -euo pipefail`.
 */
import type { ImageRule } from '../../../shared/domain/template/schema.ts';
import { bashValue } from './bashValue.ts';
import { readBind, type Bind } from './imageBinds.ts';
import type { ScriptText } from './scriptText.ts';

/** What a job script needs of an image. */
export interface ContainerPlan {
  readonly rule: Pick<ImageRule, 'bind' | 'pythonUserSite' | 'tmpdir'>;
  /** Slipway starts the image; a script that does it itself is only looked after. */
  readonly wrapped: boolean;
  /** What the image has to be at the job's start. */
  readonly expected: ExpectedImage | null;
  /** Variables of the script with paths on the cluster: what they lead to is seen inside. */
  readonly paths: readonly string[];
}

/** Longest path of a folder in which programs can still make sockets: their whole path has 107 characters. */
const SOCKET_ROOM = 60;

const CHECK_IMAGE = [
  'slipway_end() { printf \'slipway: %s\\n\' "$1" >&2; exit 1; }',
  '[ -e "$APPTAINER_IMAGE" ] || slipway_end "the image $APPTAINER_IMAGE is not there on $(hostname); the job ends."',
  '[ -r "$APPTAINER_IMAGE" ] || slipway_end "the image $APPTAINER_IMAGE may not be read by $(id -un) on $(hostname); the job ends."',
];

const checkBinds = (sources: readonly string[]): string[] => [
  'slipway_need() { [ -e "$1" ] || slipway_end "$1, which is to be bound into the image, is not there on $(hostname); the job ends."; }',
  ...sources.map((source) => `slipway_need ${bashValue(source)}`),
];

/** Size (bytes) and time (epoch seconds) of the image, or its SHA-256 or the beginning of that. */
export type ExpectedImage =
  | { readonly kind: 'identity'; readonly size: number; readonly modifiedAt: number }
  | { readonly kind: 'digest'; readonly digest: string };

/** `stat` and the hash programs of Linux, and those of a Mac, on which the demo's jobs may run. */
function checkExpected(expected: ExpectedImage): string[] {
  if (expected.kind === 'digest')
    return [
      'slipway_now=$({ sha256sum || shasum -a 256 || openssl dgst -sha256 -r; } <"$APPTAINER_IMAGE" 2>/dev/null) || slipway_now=',
      `case $slipway_now in ${expected.digest}*) ;; *) slipway_end "the image $APPTAINER_IMAGE is not the one that was asked for (its SHA-256 should begin with ${expected.digest.slice(0, 12)}); the job ends." ;; esac`,
    ];
  const { size, modifiedAt } = expected;
  return [
    'slipway_now=$(stat -L -c "%s %Y" -- "$APPTAINER_IMAGE" 2>/dev/null || stat -L -f "%z %m" -- "$APPTAINER_IMAGE" 2>/dev/null) || slipway_now=',
    `[ "$slipway_now" = "${String(size)} ${String(Math.floor(modifiedAt))}" ] || slipway_end "the image $APPTAINER_IMAGE has changed since this job was made (it had ${String(size)} bytes, written ${new Date(Math.floor(modifiedAt) * 1000).toISOString()}); the job ends."`,
  ];
}

/** Where temporary files go, and what Apptainer unpacks and keeps. */
const TMPDIR = [
  "# /tmp of a node is small and everybody's; sockets in TMPDIR need it short",
  'slipway_tmp=$SLIPWAY_RUN_DIR/.slipway/tmp${SLURM_ARRAY_TASK_ID:+-$SLURM_ARRAY_TASK_ID}',
  'mkdir -p -- "$slipway_tmp" || exit 1',
  'export APPTAINER_TMPDIR="${APPTAINER_TMPDIR:-$slipway_tmp}" APPTAINER_CACHEDIR="${APPTAINER_CACHEDIR:-$slipway_tmp}"',
  `case \${TMPDIR:-/tmp} in /tmp | /tmp/) [ "\${#slipway_tmp}" -gt ${String(SOCKET_ROOM)} ] || export TMPDIR="$slipway_tmp" ;; esac`,
];

const PYTHON = [
  '# Python packages in ~/.local are not made for the image and would be taken before its own',
  'export APPTAINERENV_PYTHONNOUSERSITE="${APPTAINERENV_PYTHONNOUSERSITE:-1}"',
];

/**
 * `slipway_see` makes a path seen inside under its own name, and where links lead too: links within a folder may name that. Of a file its folder,
 * where the index of a data set may lie beside it. What belongs to the system is the image's own.
 */
const BIND = [
  'slipway_bind() { # PATH [:ro]',
  '  case $1 in *[,:]* | [!/]* | /) return 0 ;; esac',
  '  case $1/ in /bin/* | /boot/* | /dev/* | /etc/* | /lib/* | /lib32/* | /lib64/* | /proc/* | /run/* | /sbin/* | /sys/* | /usr/*) return 0 ;; esac',
  '  slipway_path=$1; [ -d "$1" ] || case ${1%/*} in /*/*) slipway_path=${1%/*} ;; esac',
  '  case ",${APPTAINER_BIND:-}," in *",$slipway_path,"* | *",$slipway_path:ro,"*) return 0 ;; esac',
  '  export APPTAINER_BIND="${APPTAINER_BIND:+$APPTAINER_BIND,}$slipway_path${2:+:$slipway_path$2}"',
  '}',
  'slipway_follow() { # PATH [:ro]',
  '  slipway_real=$(readlink -f -- "$1" 2>/dev/null) || return 0',
  '  [ "$slipway_real" = "$1" ] || slipway_bind "$slipway_real" "${2:-}"',
  '}',
  'slipway_see() { if [ -e "$1" ]; then slipway_bind "$1"; slipway_follow "$1"; fi; }',
];

/** Writes the section; to be called where the job has claimed its run and stands in its folder. */
export function writeContainerSection(script: ScriptText, plan: ContainerPlan): void {
  const { rule, wrapped, paths, expected } = plan;
  const binds = rule.bind.flatMap((bind) => readBind(bind) ?? []);
  const section = script.ownSection('Container', 'container');
  script.add(CHECK_IMAGE);
  if (expected !== null) script.add(checkExpected(expected));
  if (binds.length > 0) script.add(checkBinds(binds.map(({ source }) => source)));
  if (rule.pythonUserSite !== true) script.add(PYTHON);
  if (rule.tmpdir !== 'site') script.add(TMPDIR);
  if (wrapped) writeSeen(script, binds, paths);
  section.end();
}

/** What a container that Slipway starts is given to see. */
function writeSeen(script: ScriptText, binds: readonly Bind[], paths: readonly string[]): void {
  script.add(BIND);
  // where a bound folder is a link: its own path is bound to the place that the template says
  for (const { source, readOnly } of binds) script.add(`slipway_follow ${bashValue(source)}${readOnly ? ' :ro' : ''}`);
  script.add('slipway_see "$SLIPWAY_RUN_DIR"; slipway_see "${TMPDIR:-}"');
  script.add(
    'for slipway_name in ${!INPUT_FILE_*}; do if [ -L "${!slipway_name}" ]; then slipway_see "${!slipway_name}"; fi; done',
  );
  for (const variable of paths) script.add(`slipway_see "$${variable}"`);
}

/** Takes away what the section made, as the last of the job's own lines. */
export const END_OF_CONTAINER = ['[ -z "${slipway_tmp:-}" ] || rm -rf -- "$slipway_tmp"'];
