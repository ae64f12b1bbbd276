import type { Template } from '../../../../shared/domain/template/schema.ts';

/** Of one field, so that one enormous script does not slow down every search. */
const MAX_FIELD = 20_000;
const MAX_QUERY_WORDS = 12;

/** Korean, Chinese and Japanese write words together: what is looked for may stand in the middle of one. */
const JOINED = /[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const RUNS =
  /[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+|(?:(?![\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{N}])+/gu;

/** Without accents and case. A Hangul syllable becomes its letters, so that one that is still being typed is found too. */
export function fold(text: string): string {
  // most lines of a template, and much quicker
  if (!/[^\u0020-\u007e]/.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase();
}

/** Runs of one kind of letters, composed: `Müller-GPU 분자동역학` gives `Müller`, `GPU`, `분자동역학`. */
function runs(text: string): string[] {
  return text.normalize('NFC').match(RUNS) ?? [];
}

/** A run as the words that are indexed: itself, or each two neighbours of what is written together, and its last one alone. */
function indexed(run: string): string[] {
  if (!JOINED.test(run)) return [fold(run)];
  const characters = Array.from(run);
  return characters.map((character, place) => fold(character + (characters[place + 1] ?? '')));
}

/** A text as the words under which it is found. */
export function searchWords(text: string): string {
  return runs(text.slice(0, MAX_FIELD)).flatMap(indexed).join(' ');
}

/** Words as a person types them, folded, for the excerpt. */
export function queryWords(query: string): string[] {
  return runs(query).map(fold).slice(0, MAX_QUERY_WORDS);
}

/**
 * The FTS5 expression for what a person typed: all of its words, the last one as a beginning, because it may still be growing. Null when
 * nothing is looked for. Words hold letters and digits only, so nothing in them can be taken for an operator.
 */
export function matchExpression(query: string): string | null {
  const words = runs(query).slice(0, MAX_QUERY_WORDS);
  if (words.length === 0) return null;
  const still = /[\p{L}\p{N}]$/u.test(query.trimEnd());
  return words
    .map((word, place) => {
      const growing = place === words.length - 1 && still;
      if (!JOINED.test(word)) return `"${fold(word)}"${growing ? ' *' : ''}`;
      const parts = indexed(word);
      // its last character stands alone only where the run of the template ends there too
      const phrase = parts.length > 1 ? parts.slice(0, -1) : parts;
      return `"${phrase.join(' ')}" *`;
    })
    .join(' AND ');
}

/** What is found of a template: as words by weight, and as the lines from which excerpts are taken. */
export function searchable(template: Template): {
  text: string;
  name: string;
  about: string;
  fields: string;
  script: string;
} {
  const name = [template.displayName, template.id, template.name];
  const about = [template.description, template.tags.join(' '), template.author, template.category];
  const fields = [
    ...template.parameters.map((parameter) => [parameter.label, parameter.name, parameter.help].join(' ')),
    ...template.files.map((slot) => [slot.name, slot.description, slot.pattern].join(' ')),
  ];
  const script = [
    ...template.modules,
    ...template.image.allowedImages,
    template.script.preExec,
    template.script.mainExec,
    template.script.postExec,
    template.script.finallyExec ?? '',
    template.script.onSignal ?? '',
    ...template.generatedFiles.flatMap((file) => [file.name, file.content]),
  ];
  const join = (parts: readonly string[]): string => parts.join('\n').slice(0, MAX_FIELD);
  return {
    text: [name, about, fields, script].map(join).join('\n'),
    name: searchWords(join(name)),
    about: searchWords(join(about)),
    fields: searchWords(join(fields)),
    script: searchWords(join(script)),
  };
}

/** The first line of a text that holds one of the words, or its first line, cut to what a list has room for. */
export function excerpt(text: string, words: readonly string[]): string {
  const WIDTH = 160;
  for (const line of text.split('\n')) {
    const folded = fold(line);
    const found = words.map((word) => folded.indexOf(word)).filter((place) => place >= 0);
    if (found.length === 0) continue;
    // folding may have changed the length: near enough for a cut
    const from = Math.max(0, Math.min(...found) - WIDTH / 4);
    return (from > 0 ? '…' : '') + line.slice(from, from + WIDTH).trim() + (line.length > from + WIDTH ? '…' : '');
  }
  return (text.split('\n', 1)[0] ?? '').slice(0, WIDTH);
}
