import { quote } from '../../shared/lib/quote.ts';
import { sectionsScript } from './sections.ts';

/** Seconds that one of these programs may take: file servers that do not answer are common. */
const PATIENCE = 10;

/** The usual programs; one that is not there answers 127. `folders` are words of sh. */
const tools = (folders: string): Record<string, string> => ({
  lustre: [
    'command -v lfs >/dev/null || exit 127',
    `for d in ${folders}; do case $(df -PT "$d" 2>/dev/null | sed -n 2p) in *' lustre '*) printf '@path %s\\n' "$d"; slipway_limit ${PATIENCE} lfs quota -q -u "$slipway_user" "$d" ;; esac; done`,
  ].join('\n'),
  gpfs: `PATH=$PATH:/usr/lpp/mmfs/bin; command -v mmlsquota >/dev/null || exit 127\nslipway_limit ${PATIENCE} mmlsquota -Y -u "$slipway_user"`,
  beegfs: `command -v beegfs-ctl >/dev/null || exit 127\nslipway_limit ${PATIENCE} beegfs-ctl --getquota --csv --uid "$slipway_user"`,
  nfs: `command -v quota >/dev/null || exit 127\nslipway_limit ${PATIENCE} quota -w`,
});

/**
 * One sh script for the space that the person has. The site's own command where the profile names one: it is run as it stands, in a
 * login bash, since the person would type it there. Otherwise the usual programs, and what the file systems of the home and scratch
 * folders have. `scratch` is an absolute path or null.
 */
export function quotaScript(plan: { quotaCommand: string | null; scratch: string | null }): string {
  const folders = ['"$HOME"', ...(plan.scratch === null ? [] : [quote(plan.scratch)])].join(' ');
  return sectionsScript(['slipway_user=$(id -un)'], {
    ...(plan.quotaCommand === null
      ? tools(folders)
      : { site: `slipway_limit ${PATIENCE} bash -lc ${quote(`printf '\\n@slipway-quota\\n'\n${plan.quotaCommand}\n`)} </dev/null` }),
    space: `for d in ${folders}; do printf '@path %s\\n' "$d"; slipway_limit ${PATIENCE} df -Pk "$d"; done`,
  });
}
