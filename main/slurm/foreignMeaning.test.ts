import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foreignDirectives } from './foreignDirectives.ts';
import { foreignMeaning } from './foreignMeaning.ts';

const meaningOf = (line: string) => {
  const [directive] = foreignDirectives(line);
  return directive === undefined ? null : foreignMeaning(directive);
};
const asked = (line: string): string[] =>
  meaningOf(line)?.options.map(([name, value]) => (value === true ? name : `${name}=${value}`)) ?? [];
const left = (line: string): string[] => meaningOf(line)?.left.map(({ what }) => what) ?? [];

describe('directives of another scheduler', () => {
  it.each<[string, string[]]>([
    ['#PBS -N water -l walltime=01:00:00', ['job-name=water', 'time=01:00:00']],
    ['#PBS -l nodes=2:ppn=8,walltime=3:00:00,mem=16gb', ['nodes=2', 'ntasks-per-node=8', 'time=3:00:00', 'mem=16G']],
    [
      '#PBS -l select=2:ncpus=8:mpiprocs=4:mem=16gb:ngpus=1',
      ['nodes=2', 'ntasks-per-node=4', 'cpus-per-task=2', 'mem=16G', 'gpus-per-node=1'],
    ],
    ['#PBS -l select=1:ncpus=4', ['nodes=1', 'cpus-per-task=4']],
    ['#PBS -l nodes=n07:ppn=2', ['nodes=1', 'nodelist=n07', 'ntasks-per-node=2']],
    ['#PBS -l pmem=2gb', ['mem-per-cpu=2G']],
    ['#PBS -q long@server', ['partition=long']],
    ['#PBS -t 1-10%2', ['array=1-10%2']],
    ['#PBS -m abe -M mia@example.org', ['mail-type=FAIL,BEGIN,END', 'mail-user=mia@example.org']],
    ['#PBS -h', ['hold']],
    ['#BSUB -q normal -n 16 -W 2:30', ['partition=normal', 'ntasks=16', 'time=02:30:00']],
    ['#BSUB -W 90', ['time=90']],
    ['#BSUB -J "sweep[1-100]%5"', ['job-name=sweep', 'array=1-100%5']],
    ['#BSUB -R "span[ptile=8]"', ['ntasks-per-node=8']],
    ['#BSUB -R "span[hosts=1] rusage[mem=4GB]"', ['nodes=1', 'mem-per-cpu=4G']],
    ['#BSUB -gpu "num=2:mode=exclusive_process"', ['gres=gpu:2']],
    ['#BSUB -x', ['exclusive']],
  ])('%s', (line, options) => {
    expect(asked(line)).toEqual(options);
    expect(left(line)).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['#BSUB -M 4000', ['-M 4000']],
    ['#BSUB -R "rusage[mem=4000] select[type==any]"', ['-R rusage[mem=4000]', '-R select[type==any]']],
    ['#PBS -l select=1:ncpus=4+2:ncpus=8', ['-l select=1:ncpus=4+2:ncpus=8']],
    ['#PBS -V -j oe', ['-V', '-j oe']],
    ['#PBS -l nodes=1:ppn=4:infiniband', ['infiniband']],
  ])('%s is not guessed at', (line, what) => {
    expect(left(line)).toEqual(what);
  });

  it('of yet another one, and any text, are taken as they are', () => {
    expect(meaningOf('#$ -pe mpi 4')).toBeNull();
    fc.assert(
      fc.property(
        fc.constantFrom('#PBS ', '#BSUB '),
        fc.string({ unit: fc.constantFrom('-', 'l', 'R', 'J', ' ', '=', ':', '[', ']', '1', '"', '%', '+', ',', 'é') }),
        (magic, text) => void meaningOf(magic + text),
      ),
    );
  });
});
