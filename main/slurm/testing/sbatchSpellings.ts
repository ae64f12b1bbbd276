/** Ways of writing what a job asks for, and what a job that was submitted so turned out to be: the judge of our reading is sbatch. */
import { parseSlurmDuration } from '../../../shared/lib/duration.ts';
import { SBATCH } from '../environment.ts';
import type { SbatchLines } from '../sbatchLines.ts';

/** What a script became. Paths are within its folder, `%j` stands for the job's id; `seconds` is the time limit. */
export interface Submitted {
  readonly name: string;
  readonly output: string;
  readonly error: string;
  readonly partition: string;
  readonly account: string;
  readonly seconds: number;
  readonly held: boolean;
  readonly array: string | null;
  /** Of `-M`; null where none was named. */
  readonly cluster: string | null;
}

/** The lines behind `#!/bin/bash`. `ACCOUNT` and `CLUSTER` stand for the site's own. */
export const SPELLINGS: readonly string[] = [
  '',
  // long names, whole and begun
  ...[
    '--job-name=a',
    '--job-name a',
    '--job-nam=a',
    '--job-n a',
    '--job=a',
    '--j=a',
    '--jo a',
    '--job-name=',
    '--job_name=a',
    '--Job-name=a',
    '--job-name= a',
  ],
  ...[
    '--output=a.out',
    '--output a.out',
    '--outpu=a.out',
    '--outp=a.out',
    '--out=a.out',
    '--ou=a.out',
    '--o=a.out',
    '--output=/tmp/a.out',
    '--output="a b.out"',
    '--output=%j.txt',
  ],
  ...[
    '--error=a.err',
    '--erro=a.err',
    '--err a.err',
    '--er=a.err',
    '--e=a.err',
    '--error=/tmp/e.err --output=/tmp/o.out',
  ],
  ...[
    '--partition=long',
    '--partitio=long',
    '--part long',
    '--par=long',
    '--pa=long',
    '--p=long',
    '--partition=debug,long',
  ],
  ...['--account=ACCOUNT', '--accoun=ACCOUNT', '--acco=ACCOUNT', '--acc ACCOUNT', '--ac=ACCOUNT', '--a=ACCOUNT'],
  ...[
    '--time=7',
    '--tim=7',
    '--ti=7',
    '--t=7',
    '--time 7',
    '--time=00:07:00',
    '--time=0-1',
    '--time-min=3',
    '--time-m=3',
    '--time_min=3',
  ],
  ...['--hold', '--hol', '--ho', '--h', '--hold=yes', '--hold yes', '--hold --hold'],
  ...[
    '--cluster=CLUSTER',
    '--clusters=CLUSTER',
    '--cluster CLUSTER',
    '--cluste=CLUSTER',
    '--clus=CLUSTER',
    '--clusters=elsewhere',
    '--cluster elsewhere',
  ],
  ...['--array=0-3', '--array 0-3', '--arra=0-3', '--arr=0-3', '--ar=0-3', '--array=0-3%2', '--array=1,5', '--array=2'],
  // letters, glued and together
  ...[
    '-J a',
    '-Ja',
    '-J=a',
    '-J "a b"',
    '-J',
    '-o a.out',
    '-oa.out',
    '-o/tmp/a.out',
    '-e a.err',
    '-ea.err',
    '-p long',
    '-plong',
    '-A ACCOUNT',
    '-AACCOUNT',
    '-t7',
    '-t 7',
    '-t=7',
    '-H',
    '-HH',
  ],
  ...[
    '-Ho/tmp/e.out',
    '-HJa',
    '-HJ a',
    '-HOt7',
    '-HtJ',
    '-sHJa',
    '-M CLUSTER',
    '-MCLUSTER',
    '-M elsewhere',
    '-HM CLUSTER',
    '-a0-3',
    '-a 0-3',
    '-Ha0-3',
    '-kHJa',
    '-k',
    '-Y',
    '-HY',
    '-',
  ],
  // several in a line, and the later one of two
  ...[
    '--job-name=a --output=b.out -p long',
    '-J a -J b',
    '--job-name=a -Jb',
    '-Jb --job-name=a',
    '-H -J a -t 7 -p long -o x',
  ],
  // quotes, escapes and remarks
  ...[
    '--job-name="a b"',
    "--job-name='a b'",
    '--job-name=a"b"c',
    '--"job-name"=a',
    '"--job-name=a"',
    '"--job-name" a',
    '"-J a"',
    '--job-name=a\\ b',
    '--job-name=a\\"b',
    '--job-name="a\\"b"',
    "--job-name='a\\'b'",
  ],
  ...[
    '--job-name=a # b',
    '--job-name=a#b',
    '--job-name=a\\#b',
    '--job-name="a#b"',
    '# --job-name=a',
    '--job-name=a "" -H',
    '--job-name=a " " -H',
    '--job-name="a',
    "--job-name='a",
    '--job-name=a\\',
    '-J a : -H',
    ': -H',
    '-J a:b',
    '-J :a',
    '-J \\:a',
  ],
  // what is no option
  ...[
    'a',
    '--job-name=a b',
    '-- -H',
    '-J a --',
    '-- ',
    '--unknown',
    '--unknown=a',
    '--wrap=true',
    '--test-only',
    '--parsable',
    '--version',
    '--ignore-pbs -J a',
    '--quiet -J a',
    '--wai --hold',
  ],
  ...[
    '--exclusive=user -H',
    '--exclusive user',
    '--requeue -H',
    '--requeue=no',
    '--nice -H',
    '--nice=5 -H',
    '--comment=-H',
    '--comment -H',
    '--comment --hold',
    '--comment="-J b" -J a',
    '--chdir=/tmp -J a',
    '-D/tmp',
    '--open-mode=append -H',
  ],
]
  .map((options) => (options === '' ? '' : `#SBATCH ${options}`))
  .concat([
    // which lines there are
    '#SBATCH\t--job-name=a',
    '#SBATCH--job-name=a',
    '#SBATCH   --job-name=a   ',
    '#SBATCH \t -J\ta\t-H',
    '# SBATCH -J a',
    '##SBATCH -J a',
    ' #SBATCH -J a',
    '#sbatch -J a',
    '#SBATCHING -J a',
    '#SBATCH',
    '#SBATCH #',
    '#SBATCH -J a\u00a0b',
    '#SLURM -J a',
    '#SLURM --hold',
    '#SLURM-Ja',
    '#SLURM is our scheduler',
    '#SLURM -J a\n#SBATCH -J b',
    '# SLURM -J a',
    '#SLUR -J a',
    '#SBATCH -J a\n#SBATCH -J b',
    '#SBATCH -J a\n\n# a remark\n   \n\t# another\n#SBATCH -H',
    '#SBATCH -J a\necho\n#SBATCH -J b',
    'echo\n#SBATCH -J b',
    '#SBATCH -J a\n  :\n#SBATCH -J b',
    'umask 077 # x\n#SLURM -H',
    '#SBATCH --job-name\n#SBATCH a',
    '#SBATCH --job-name\n# a remark\n#SBATCH a -H',
    '#SBATCH -J\n#SBATCH -H',
    '#SBATCH --mem\n#SBATCH --time=5',
    '#SBATCH --output\n#SBATCH --job-name=a',
    '#SBATCH -H\n#SBATCH --',
    '#SBATCH --\n#SBATCH -H',
    '#SBATCH --job-name=a # x\n#SBATCH b',
    '#SBATCH -J a\n#SBATCH hetjob\n#SBATCH -J b',
    '#SBATCH hetjob',
    '#SBATCH -J hetjob',
    '#SBATCH -J a hetjob -H',
    '#SBATCH -J hetjob -H',
    // other schedulers, which are not to be obeyed
    '#PBS -N b',
    '#PBS -N b -A nobody -q debug -l walltime=00:03:00',
    '#PBS -h',
    '#SBATCH -J a\n#PBS -N b\n#PBS -o /tmp/b.out',
    'cat <<END\n#PBS -N b\nEND',
    'echo\n#PBS -N b\n#PBS -e /tmp/b.err',
    '#PBS -Z',
    '#BSUB -J b',
    '#BSUB -J b -q debug -W 3',
    'cat <<END\n#BSUB -o /tmp/b.out\n#BSUB -J b\nEND',
    '#BSUB -J "',
    '#PBS : ',
  ]);

/** Sites have accounts and a cluster of their own. */
export interface SpellingSite {
  readonly account: string;
  readonly cluster: string;
}

export const spelledScript = (lines: string, { account, cluster }: SpellingSite): string =>
  `#!/bin/bash\n${lines.replaceAll('ACCOUNT', account).replaceAll('CLUSTER', cluster)}\nexit 0\n`;

/** sh that submits `case.sh` in the folder it is in, as Slipway calls sbatch, shows the job and cancels it. It would begin in ten days. */
export const SUBMIT_AND_SHOW = `id=$(${SBATCH} --parsable --begin=now+10days case.sh 2>/dev/null </dev/null) || id=
printf '%s\\n' "$id"; j=\${id%%;*}
case $j in ''|*[!0-9]*) echo refused ;; *) scontrol show job "$j" -o; scancel "$j" ;; esac`;

/** Reads what SUBMIT_AND_SHOW says; null: refused. `folder` is absolute. */
export function submittedOf(shown: string, folder: string, site: SpellingSite): Submitted | null {
  const [id = '', record = ''] = shown.split('\n');
  const [jobId = '', cluster = null] = id.split(';');
  if (!/^\d+$/.test(jobId)) return null;
  const field = (name: string): string => new RegExp(`(?:^| )${name}=(.*?)(?= [A-Za-z:/]+=|$)`).exec(record)?.[1] ?? '';
  const path = (text: string): string =>
    text
      .replace(`${folder}/`, './')
      .replaceAll(new RegExp(`\\b${jobId}_4294967294\\b`, 'g'), '%A_%a')
      .replaceAll(new RegExp(`\\b${jobId}\\b`, 'g'), '%j');
  return {
    name: field('JobName'),
    output: path(field('StdOut')),
    error: path(field('StdErr')),
    partition: field('Partition'),
    account: field('Account') === site.account ? 'ACCOUNT' : field('Account'),
    seconds: parseSlurmDuration(field('TimeLimit')) ?? -1,
    held: field('Priority') === '0',
    array: field('ArrayTaskId') === '' ? null : field('ArrayTaskId'),
    cluster: cluster === site.cluster ? 'CLUSTER' : cluster,
  };
}

/** The same from our reading. `plain`: what a script without any line became. */
export function foretold({ components }: SbatchLines, plain: Submitted, site: SpellingSite): Submitted {
  const said = new Map((components[0] ?? []).map(({ key, value }) => [key, value]));
  const text = (key: string): string | null => {
    const value = said.get(key);
    return typeof value === 'string' ? value : null;
  };
  const path = (value: string | null): string | null =>
    value === null || value.startsWith('/') ? value : `${text('chdir') ?? '.'}/${value}`;
  const array = text('array');
  const output = path(text('output') ?? (array === null ? 'slurm-%j.out' : 'slurm-%A_%a.out')) ?? plain.output;
  const time = text('time');
  return {
    name: text('job_name') ?? plain.name,
    output,
    error: path(text('error')) ?? output,
    partition: text('partition') ?? plain.partition,
    account: text('account')?.replace(site.account, 'ACCOUNT') ?? plain.account,
    seconds: time === null ? plain.seconds : (parseSlurmDuration(time) ?? -1),
    held: said.has('hold'),
    array,
    cluster: text('clusters')?.replace(site.cluster, 'CLUSTER') ?? null,
  };
}
