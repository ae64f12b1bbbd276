import { describe, expect, it } from 'vitest';
import { optionTable, parseCommandLine } from './options.ts';

const table = optionTable('nodes,N ntasks,n hold,H:none exclusive:optional no-requeue:none nice:optional');
const parse = (given: string[], permute = false): unknown => {
  const parsed = parseCommandLine('sbatch', table, given, permute);
  return parsed.kind === 'refused'
    ? parsed.message.split('\n')[0]
    : [parsed.options.map(({ name, value }) => `${name}=${value ?? ''}`), parsed.rest];
};

describe('a command line as getopt reads it', () => {
  it('takes values attached, beside and after an equals sign', () => {
    expect(parse(['-N2', '-n', '4', '--nodes=3', '--ntasks', '5', '-H'])).toEqual([
      ['nodes=2', 'ntasks=4', 'nodes=3', 'ntasks=5', 'hold='],
      [],
    ]);
    expect(parse(['-HN2'])).toEqual([['hold=', 'nodes=2'], []]);
  });

  it('lets an optional value be attached only', () => {
    expect(parse(['--exclusive', 'job.sh'])).toEqual([['exclusive='], ['job.sh']]);
    expect(parse(['--exclusive=user'])).toEqual([['exclusive=user'], []]);
  });

  it('leaves everything after the script to the script', () => {
    expect(parse(['-N', '1', 'job.sh', '-n', '4'])).toEqual([['nodes=1'], ['job.sh', '-n', '4']]);
    expect(parse(['a', '-H', 'b'], true)).toEqual([['hold='], ['a', 'b']]);
    expect(parse(['--', '-H'], true)).toEqual([[], ['-H']]);
  });

  it('takes shortened names while they are clear', () => {
    expect(parse(['--hol'])).toEqual([['hold='], []]);
    expect(parse(['--n'])).toBe(
      "sbatch: option '--n' is ambiguous; possibilities: '--nodes' '--ntasks' '--no-requeue' '--nice'",
    );
  });

  it('refuses in getopt’s words', () => {
    expect(parse(['--foo=1'])).toBe("sbatch: unrecognized option '--foo'");
    expect(parse(['-x'])).toBe("sbatch: invalid option -- 'x'");
    expect(parse(['-N'])).toBe("sbatch: option requires an argument -- 'N'");
    expect(parse(['--nodes'])).toBe("sbatch: option '--nodes' requires an argument");
    expect(parse(['--hold=1'])).toBe("sbatch: option '--hold' doesn't allow an argument");
  });
});
