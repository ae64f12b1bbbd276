import { message, type Message } from '../../messages/message.ts';

/** White space of C, which is not that of Unicode. */
const BLANK = /[ \t\n\v\f\r]/;

/**
 * The words of a directive, as `get_argument` of Slurm's src/sbatch/opt.c takes them apart, which is not quite like a shell. Quotes
 * group and vanish, `\` takes the meaning of the next character (but a blank still ends the word), an open `#` begins a comment even in
 * the middle of a word, and an empty word ends the line. A word `hetjob` alone is blanked out. sbatch gives up, with a `fault`, at a
 * `:` where a word begins and at a quote that is not closed.
 */
export function directiveWords(text: string): { words: string[]; fault: Message | null } {
  const words: string[] = [];
  let at = 0;
  const skipBlanks = (): void => {
    while (at < text.length && BLANK.test(text.charAt(at))) at += 1;
  };
  for (;;) {
    skipBlanks();
    for (const separator of ['packjob', 'hetjob']) {
      const after = text.charAt(at + separator.length);
      if (text.slice(at, at + separator.length).toLowerCase() !== separator || (after !== '' && !BLANK.test(after)))
        continue;
      // the blanks in its place make an empty word, which ends the line
      return { words, fault: null };
    }
    if (at >= text.length || text.charAt(at) === '#') return { words, fault: null };
    if (text.charAt(at) === ':') return { words, fault: message('scripts.line.colon') };
    let word = '';
    let quote = '';
    let escaped = false;
    for (; at < text.length && (quote !== '' || !BLANK.test(text.charAt(at))); at += 1) {
      const c = text.charAt(at);
      if (escaped) {
        word += c;
        escaped = false;
      } else if (c === '\\') escaped = true;
      else if (quote !== '') {
        if (c === quote) quote = '';
        else word += c;
      } else if (c === '"' || c === "'") quote = c;
      else if (c === '#') break;
      else word += c;
    }
    if (quote !== '') return { words, fault: message('scripts.line.quoteOpen', { quote }) };
    if (word === '') return { words, fault: null };
    words.push(word);
    if (text.charAt(at) === '#') return { words, fault: null };
  }
}
