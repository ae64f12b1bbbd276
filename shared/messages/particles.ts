/** What ends a word, as far as it decides which form of a Korean particle follows. */
type FinalSound = 'vowel' | 'rieul' | 'consonant';

/** How each digit ends when it is read: 영 일 이 삼 사 오 육 칠 팔 구. A number that ends in 0 is read 십, 백, 천, 만 or 영: a consonant. */
const DIGITS: readonly FinalSound[] = [
  'consonant',
  'rieul',
  'vowel',
  'consonant',
  'vowel',
  'vowel',
  'consonant',
  'rieul',
  'rieul',
  'vowel',
];

/** Letters of the alphabet whose Korean name does not end in a vowel: 엘, 엠, 엔, 알. */
const LETTERS: Readonly<Record<string, FinalSound>> = { L: 'rieul', M: 'consonant', N: 'consonant', R: 'rieul' };

const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
/** Each initial and vowel have 28 syllables: without a final consonant, and with each of 27. The eighth of those is ㄹ. */
const FINALS = 28;
const RIEUL = 8;

/**
 * How `word` ends when it is read aloud in Korean, or null where only a person knows: `slurm` is read 슬럼, not by its letters. Marks at the
 * end (`”`, `)`) are not read. Abbreviations in capitals are read by their letters.
 */
export function finalSound(word: string): FinalSound | null {
  const read = /[\p{L}\p{N}]+(?=[^\p{L}\p{N}]*$)/u.exec(word)?.[0] ?? '';
  const last = read.at(-1);
  if (last === undefined) return null;
  const code = last.charCodeAt(0);
  if (code >= FIRST_SYLLABLE && code <= LAST_SYLLABLE) {
    const final = (code - FIRST_SYLLABLE) % FINALS;
    return final === 0 ? 'vowel' : final === RIEUL ? 'rieul' : 'consonant';
  }
  if (/[0-9]/.test(last)) return DIGITS[Number(last)] ?? null;
  return /^[A-Z]+$/.test(read) ? (LETTERS[last] ?? 'vowel') : null;
}

/** Each particle as a text writes it when what comes before it is not known, with its form after a consonant and after a vowel. */
const FORMS: Readonly<Record<string, readonly [afterConsonant: string, afterVowel: string]>> = {
  '을(를)': ['을', '를'],
  '이(가)': ['이', '가'],
  '은(는)': ['은', '는'],
  '과(와)': ['과', '와'],
  '(으)로': ['으로', '로'],
  '(이)': ['이', ''],
};

/** A pattern of what may follow a placeholder: closing marks, then a particle in both of its forms. */
export const PARTICLE = /([”’"')\]]*)(을\(를\)|이\(가\)|은\(는\)|과\(와\)|\(으\)로|\(이\))?/;

/** The form of `particle` that follows `word`; both, as they are written, when it cannot be known. */
export function particleAfter(word: string, particle: string): string {
  const forms = FORMS[particle];
  const sound = finalSound(word);
  if (forms === undefined || sound === null) return particle;
  // 서울로, 1로: of all consonants ㄹ alone is followed by 로 as a vowel is
  if (particle === '(으)로' && sound === 'rieul') return forms[1];
  return sound === 'vowel' ? forms[1] : forms[0];
}
