/** getopt_long(3) as Slurm's commands use it, with its wording. */

export interface OptionSpec {
  readonly long: string;
  readonly short?: string;
  /** What it is called in the answer, where it is another name of an option. */
  readonly name?: string;
  /** Whether a value must follow, may follow (`--name=value` only), or never does. */
  readonly value: 'required' | 'optional' | 'none';
}

export interface ParsedOption {
  readonly name: string;
  readonly value: string | null;
}

export type ParsedCommandLine =
  | { readonly kind: 'parsed'; readonly options: readonly ParsedOption[]; readonly rest: readonly string[] }
  | { readonly kind: 'refused'; readonly message: string };

/** `help,h:none version,V:none nodes,N:required`: a table in one line per group. */
export function optionTable(text: string): OptionSpec[] {
  return text
    .trim()
    .split(/\s+/)
    .map((entry) => {
      const [names = '', value = 'required'] = entry.split(':');
      const [long = '', short] = names.split(',');
      if (value !== 'required' && value !== 'optional' && value !== 'none') throw new Error(`not an option: ${entry}`);
      return { long, value, ...(short === undefined ? {} : { short }) };
    });
}

/**
 * Reads a command line. `permute` false stops at the first word that is no option, as sbatch and srun do: what follows belongs
 * to the script. Long names may be shortened while they stay unambiguous.
 */
export function parseCommandLine(
  command: string,
  table: readonly OptionSpec[],
  argv: readonly string[],
  permute: boolean,
): ParsedCommandLine {
  const options: ParsedOption[] = [];
  const rest: string[] = [];
  const refused = (complaint: string): ParsedCommandLine => ({
    kind: 'refused',
    message: `${command}: ${complaint}\nTry "${command} --help" for more information\n`,
  });
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '--') {
      rest.push(...argv.slice(at + 1));
      break;
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
      const candidates = table.filter((option) => option.long.startsWith(name));
      const option = table.find((each) => each.long === name) ?? (candidates.length === 1 ? candidates[0] : undefined);
      if (option === undefined) {
        const among = candidates.map((each) => `'--${each.long}'`).join(' ');
        return refused(
          candidates.length > 1
            ? `option '--${name}' is ambiguous; possibilities: ${among}`
            : `unrecognized option '--${name}'`,
        );
      }
      let value = equals < 0 ? null : word.slice(equals + 1);
      if (option.value === 'none' && value !== null)
        return refused(`option '--${option.long}' doesn't allow an argument`);
      if (option.value === 'required' && value === null) {
        at += 1;
        value = argv[at] ?? null;
        if (value === null) return refused(`option '--${option.long}' requires an argument`);
      }
      options.push({ name: option.name ?? option.long, value });
    } else if (word.startsWith('-') && word.length > 1) {
      for (let letterAt = 1; letterAt < word.length; letterAt += 1) {
        const letter = word[letterAt] ?? '';
        const option = table.find((each) => each.short === letter);
        if (option === undefined) return refused(`invalid option -- '${letter}'`);
        if (option.value === 'none') {
          options.push({ name: option.name ?? option.long, value: null });
          continue;
        }
        let value: string | null = word.slice(letterAt + 1);
        if (value === '') {
          value = null;
          if (option.value === 'required') {
            at += 1;
            value = argv[at] ?? null;
            if (value === null) return refused(`option requires an argument -- '${letter}'`);
          }
        }
        options.push({ name: option.name ?? option.long, value });
        break;
      }
    } else if (permute) {
      rest.push(word);
    } else {
      rest.push(...argv.slice(at));
      break;
    }
  }
  return { kind: 'parsed', options, rest };
}
