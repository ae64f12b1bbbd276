/**
 * What is certain after an sbatch that printed no job id and ended with an exit code other than 0.
 *
 * - `refused`: there is no job. sbatch said why: the controller's answer, or something wrong before it was asked.
 * - `answered`: nothing of the request is still on its way, but sbatch's words alone do not tell what became of it. The queue does.
 * - `lost`: the request was sent and no answer came. The controller may take the job later than the queue is asked.
 *
 * “Unspecified error” is SLURM_ERROR (slurm_errno.c). It comes about in two ways. The controller answers with it when a job_submit
 * plugin returns slurm.ERROR: that is a refusal, before any job is made, and the plugin's words come with it
 * (`_slurm_rpc_submit_batch_job` in proc_req.c). And sbatch up to 24.05 says it for an answer that arrived and could not be decoded
 * or verified, which may have been a job id; it prints where it failed, `slurm_unpack_received_msg`, first (`slurm_receive_msg` in
 * slurm_protocol_api.c). So other words make it a refusal, unless they are those; without any, the queue is asked.
 */
import { quote } from '../../shared/lib/quote.ts';

export type Certainty = 'refused' | 'answered' | 'lost';

/** The request was sent, the answer did not come. Source: slurm_errno.c. “connect failure” is not among them: then nothing was sent. */
const LOST = [
  'Socket timed out',
  'Zero Bytes were transmitted or received',
  'slurm controller (receive failure)',
  'slurm controller (send failure)',
  'slurm controller (shutdown failure)',
  'Message receive failure',
  'Message send failure',
  'Communication shutdown failure',
  'Insane message length',
  'Connection reset by peer',
  'Broken pipe',
  'Connection timed out',
] as const;

/** An answer came and could not be read. */
const UNREAD = [
  'slurm_unpack_received_msg',
  'slurm_receive_msg',
  'Unexpected message received',
  'Header lengths are longer than data received',
] as const;

/** What stands before the reason in sbatch's last word. */
const SUMMARY = 'submission failed: ';
const UNSPECIFIED = 'Unspecified error';
/** sbatch's own complaints, getopt's in its name, and those of a shell that could not run it. */
const COMPLAINTS = [
  'sbatch: error: ',
  'sbatch: fatal: ',
  'sbatch: unrecognized ',
  'sbatch: invalid ',
  'sbatch: option ',
  'sbatch: ambiguous ',
  'sbatch: not found',
  'sbatch: command not found',
  'sbatch: No such file',
  'sbatch: Permission denied',
] as const;

const includesAny = (text: string, parts: readonly string[]): boolean => parts.some((part) => text.includes(part));

/** What sbatch said last: the reason of its summary, or everything where it has none. */
function lastWord(stderr: string): string {
  const at = stderr.lastIndexOf(SUMMARY);
  return at < 0 ? stderr : (stderr.slice(at + SUMMARY.length).split('\n')[0] ?? '');
}

/** A line that has letters or digits and is neither the summary nor a warning. */
const isTelling = (line: string): boolean =>
  !line.includes(SUMMARY) && !line.includes('sbatch: warning: ') && /[^\s!-/:-@[-`{-~]/.test(line);

/** Certainty from the standard error of an sbatch that failed and printed no id. The same as `CERTAINTY` in sh. */
export function certaintyOf(stderr: string): Certainty {
  const last = lastWord(stderr);
  if (includesAny(last, LOST)) return 'lost';
  if (includesAny(stderr, UNREAD)) return 'answered';
  if (last.startsWith(UNSPECIFIED)) return stderr.split('\n').some(isTelling) ? 'refused' : 'answered';
  return stderr.includes(SUMMARY) || includesAny(stderr, COMPLAINTS) ? 'refused' : 'answered';
}

/** As a pattern of `case`. */
const anyOf = (parts: readonly string[]): string => parts.map((part) => `*${quote(part)}*`).join('|');

/** sh function `certainty FILE`: sets `$verdict` to the certainty that sbatch's standard error in that file gives. */
export const CERTAINTY = `nl='
'
certainty() {
  t=$(cat "$1")
  case $t in *${quote(SUMMARY)}*) w=\${t##*${quote(SUMMARY)}}; w=\${w%%"$nl"*} ;; *) w=$t ;; esac
  verdict=answered
  case $w in ${anyOf(LOST)}) verdict=lost; return ;; esac
  case $t in ${anyOf(UNREAD)}) return ;; esac
  case $w in
    ${quote(UNSPECIFIED)}*) if printf '%s\\n' "$t" | LC_ALL=C grep -v -e ${quote(SUMMARY)} -e 'sbatch: warning: ' | LC_ALL=C grep '[^[:space:][:punct:]]' >/dev/null; then verdict=refused; fi ;;
    *) case $t in ${anyOf([SUMMARY, ...COMPLAINTS])}) verdict=refused ;; esac ;;
  esac
}`;
