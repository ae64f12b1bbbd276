import { plain } from '../../../shared/lib/plain.ts';

/** A colour or style (SGR) as ECMA-48 and xterm write it: `ESC [ 1;31 m`, with `:` between the parts of a colour. */
const COLOUR = /^\u001B\[[0-9;:]{0,64}m/;
/** Any other control sequence, whole: CSI with its final character; ESC with intermediates and one character. Source: ECMA-48, 5.4. */
const SEQUENCE = /^(?:(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|\u001B[ -/]*[0-OQ-WYZ\\`-~])/;
/** Control strings: OSC (title, links, clipboard), DCS, SOS, PM, APC. They end with ST, and OSC with BEL too. Source: ECMA-48, 5.6. */
const STRING_BEGINS = /^(?:\u001B[\]PX^_]|[\u0090\u0098\u009D-\u009F])/;
const STRING_ENDS = /\u0007|\u001B\\|\u009C/;
/** What might become a sequence with the next piece. Longer than this it is none. */
const LONGEST_SEQUENCE = 256;
const RESET = '\u001B[0m';

/**
 * What a job wrote, for a terminal: its colours stay, and everything else that would move the cursor, rename the window, write links or
 * reach the clipboard is left out. Comes in pieces, which may end within a sequence. Linear in the length of the text.
 */
export class ColouredText {
  #rest = '';
  #inString = false;
  #coloured = false;

  /** As much of what has come as can be told by now. */
  next(piece: string): string {
    let text = this.#rest + piece;
    // its newline may come with the next piece
    const held = text.endsWith('\r') ? '\r' : '';
    if (held !== '') text = text.slice(0, -1);
    this.#rest = '';
    const shown: string[] = [];
    while (text !== '') {
      if (this.#inString) {
        const end = STRING_ENDS.exec(text);
        if (end === null) {
          // the ESC of an ST may be the last that has come
          this.#rest = text.endsWith('\u001B') ? '\u001B' : '';
          break;
        }
        text = text.slice(end.index + end[0].length);
        this.#inString = false;
        continue;
      }
      const begins = text.search(/[\u001B\u0090\u0098\u009B\u009D-\u009F]/);
      if (begins !== 0) {
        shown.push(plain(begins === -1 ? text : text.slice(0, begins)));
        text = begins === -1 ? '' : text.slice(begins);
        continue;
      }
      const head = text.slice(0, LONGEST_SEQUENCE);
      const string = STRING_BEGINS.exec(head);
      const colour = COLOUR.exec(head);
      const sequence = colour ?? string ?? SEQUENCE.exec(head);
      if (sequence === null && text.length < LONGEST_SEQUENCE) {
        this.#rest = text;
        break;
      }
      if (colour !== null) {
        shown.push(colour[0]);
        this.#coloured = true;
      }
      this.#inString = string !== null;
      text = text.slice(sequence === null ? 1 : sequence[0].length);
    }
    this.#rest += held;
    return shown.join('');
  }

  /** What is left at the end, and the terminal's own colours again. */
  end(): string {
    const left = this.#inString ? '' : plain(this.#rest.replaceAll('\u001B', ''));
    this.#rest = '';
    return `${left}${this.#coloured ? RESET : ''}`;
  }
}
