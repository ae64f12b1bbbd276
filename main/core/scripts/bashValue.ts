import { quote } from '../../../shared/lib/quote.ts';

/**
 * One word of bash, on one line, that means exactly `value`. Line ends are written as `$'\n'` and `$'\r'`: a value then never begins
 * a line of the script, where `#SBATCH` would have a meaning, and sbatch finds no DOS line end in it, which it refuses.
 * Throws 2003 for a NUL character, as `quote` does.
 */
export function bashValue(value: string): string {
  return quote(value).replaceAll(/[\r\n]+/g, (ends) => `'$'${ends.replaceAll('\r', '\\r').replaceAll('\n', '\\n')}''`);
}
