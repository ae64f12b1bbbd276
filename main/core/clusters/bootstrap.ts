import { z } from 'zod';
import { AppError } from '../../../shared/errors/appError.ts';
import { quote } from '../../../shared/lib/quote.ts';
import { message } from '../../../shared/messages/message.ts';

/** What a session needs to know about the login node before its first Slurm command. */
export const SessionEnvironment = z.object({
  user: z.string().min(1),
  /** Absolute. */
  home: z.string().startsWith('/'),
  loginHost: z.string(),
  /** Folder of sbatch when the shell does not find it by itself. */
  slurmBin: z.string().nullable(),
  /** SLURM_CONF of the login environment when a plain shell lacks it. */
  slurmConf: z.string().nullable(),
  /** SBATCH_* variables in the person's environment. */
  sbatchVariables: z.array(z.string()),
});
export type SessionEnvironment = z.infer<typeof SessionEnvironment>;

const MARK = '@slipway-';

/**
 * Finds user, home and sbatch in one round trip. Nothing of Slurm is run: with a broken configuration even `sinfo --version` hangs
 * for two minutes (22.05), and a login must not wait for that. Where a plain shell has no sbatch, a login bash is asked once:
 * sites put Slurm on the PATH in profile scripts, and these may print anything, so only marked lines count.
 */
export function bootstrapScript(slurmBin: string | null): string {
  const say = (name: string, value: string): string => `printf '${MARK}${name}=%s\\n' "${value}"`;
  return [
    say('user', '$(id -un)'),
    say('home', '$HOME'),
    say('host', '$(uname -n)'),
    slurmBin === null ? '' : `PATH=${quote(slurmBin)}:$PATH; export PATH`,
    's=$(command -v sbatch 2>/dev/null)',
    'case $s in',
    `/*) ${slurmBin === null ? ':' : say('bin', '${s%/*}')} ;;`,
    '*)',
    `  l=$(bash -lc 'printf "\\n${MARK}bin=%s\\n${MARK}conf=%s\\n" "$(command -v sbatch)" "$SLURM_CONF"' 2>/dev/null </dev/null)`,
    `  l=$(printf '%s\\n' "$l" | sed -n 's|^${MARK}bin=\\(/.*\\)/sbatch$|&|p; /^${MARK}conf=/p')`,
    `  s=$(printf '%s\\n' "$l" | sed -n 's|^${MARK}bin=\\(/.*\\)$|\\1|p')`,
    `  [ -z "$s" ] || ${say('bin', '${s%/*}')}`,
    `  if [ -z "$SLURM_CONF" ]; then SLURM_CONF=$(printf '%s\\n' "$l" | sed -n 's|^${MARK}conf=||p'); ${say('conf', '$SLURM_CONF')}; [ -z "$SLURM_CONF" ] || export SLURM_CONF; fi`,
    ';; esac',
    `env | sed -n 's/^\\(SBATCH_[A-Z0-9_]*\\)=.*/${MARK}variable=\\1/p'`,
    say('sbatch', '$s'),
    say('end', 'ok'),
  ].join('\n');
}

/** Reads the answer of `bootstrapScript`. SLURM_MISSING, REMOTE_GARBAGE. */
export function parseBootstrap(stdout: string, host: string): SessionEnvironment {
  const values = new Map<string, string[]>();
  for (const line of stdout.split('\n')) {
    const match = /^@slipway-(\w+)=(.*)$/.exec(line);
    if (!match) continue;
    const [, name = '', value = ''] = match;
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  const first = (name: string): string | null => {
    const value = values.get(name)?.[0];
    return value === undefined || value === '' ? null : value;
  };
  if (first('end') === null)
    throw new AppError('REMOTE_GARBAGE', {
      details: { host, reason: message('connection.firstScriptCut'), output: stdout.slice(0, 2000) },
    });
  if (first('sbatch') === null) throw new AppError('SLURM_MISSING', { details: { host } });
  const parsed = SessionEnvironment.safeParse({
    user: first('user'),
    home: first('home'),
    loginHost: first('host') ?? host,
    slurmBin: first('bin'),
    slurmConf: first('conf'),
    sbatchVariables: values.get('variable') ?? [],
  });
  if (!parsed.success)
    throw new AppError('REMOTE_GARBAGE', {
      details: { host, reason: message('connection.loginWithoutHome'), output: stdout.slice(0, 2000) },
    });
  return parsed.data;
}
