import { AppError } from '../../shared/errors/appError.ts';
import { message, type Message } from '../../shared/messages/message.ts';
import { plain } from '../../shared/lib/plain.ts';
import { certaintyOf } from './certainty.ts';
import { policyLimitIn } from './policyLimits.ts';
import { RULES, type RejectionRule } from './rejectionRules.ts';
import { saidLines, saidWithoutColours, sentenceOf, type SaidLine } from './siteWords.ts';

/** The last word of a command of Slurm's: its own, whatever it says. */
const SUMMARY = /(?:submission|allocate|allocation) fail(?:ed|ure): |^allocation failure/i;
/** What sbatch says in passing, without a word about the reason. */
const CHATTER =
  /cli_filter plugin terminated with error|sleeping and retrying|temporarily disabled, retrying|Plugin (?:file not found|stack)|^Usage: sbatch|Unspecified error$/i;

const ruleOf = (line: string): RejectionRule | undefined =>
  RULES.find(({ texts }) => texts.some((text) => text.test(line)));

/** True when a line says more than the words that the rule knows it by: two words and more that are not in brackets or quotes. */
function addsWords({ plain }: SaidLine, { texts }: RejectionRule): boolean {
  const rest = texts.reduce((line, text) => line.replace(text, ' '), plain);
  return (rest.replaceAll(/[("'‘“][^)"'’”]*[)"'’”]/g, ' ').match(/[\p{L}\p{N}]{2,}/gu) ?? []).length > 2;
}

/** Slurm's own lines, and those that only the site can have written. */
function sides(lines: readonly SaidLine[]): { own: SaidLine[]; site: SaidLine[] } {
  const own: SaidLine[] = [];
  const site: SaidLine[] = [];
  for (const line of lines) {
    const rule = ruleOf(line.raw) ?? ruleOf(line.plain);
    const isOwn =
      SUMMARY.test(line.raw) ||
      CHATTER.test(line.plain) ||
      policyLimitIn(line.plain)?.name === line.plain ||
      (rule !== undefined && (rule.isWhole === true || !addsWords(line, rule)));
    (isOwn ? own : site).push(line);
  }
  return { own, site };
}

/** What was printed, for the error's details. */
const shown = (said: string): string => plain(saidWithoutColours(said).slice(0, 16_384));

interface Meaning {
  readonly rule: string;
  /** Ours, or the site's own words as they are. */
  readonly reason: Message | string;
  readonly hint: Message;
  readonly name?: RejectionRule['error'];
}

const SITE_HINT = message('rejection.site-policy.hint');

/** What a refusal means: the site's own words where it has some, else the limit that Slurm names, else the rule of its text. */
function meaningOf(said: string): Meaning | null {
  const lines = saidLines(said);
  const { own, site } = sides(lines);
  const ownText = own.map(({ raw }) => raw).join('\n');
  const rule = ruleOf(ownText);
  const limit = policyLimitIn(ownText);
  if (rule?.isWhole === true) {
    const named =
      rule.isQuoted === true
        ? own.find(({ raw, plain }) => rule.texts.some((text) => text.test(raw) || text.test(plain)))?.plain
        : undefined;
    return {
      rule: rule.rule,
      reason: named === undefined ? rule.reason : message('rejection.option.named', { words: named }),
      hint: rule.hint,
      name: rule.error,
    };
  }
  const words = site.length === 0 ? '' : sentenceOf(site);
  const isPassedOnly = site.every(
    ({ plain, raw }) =>
      /\.\.\.\s*OK$/i.test(plain) ||
      /^sbatch: (?!error|fatal)/.test(raw) ||
      /^(?:Welcome to|No reservation for)/i.test(plain),
  );
  const known: Meaning | null =
    limit !== null
      ? { rule: 'policy-limit', reason: limit.reason, hint: limit.hint }
      : rule !== undefined
        ? { rule: rule.rule, reason: rule.reason, hint: rule.hint, name: rule.error }
        : null;
  if (words !== '' && !(known !== null && isPassedOnly)) {
    return {
      rule: known?.rule ?? 'site-policy',
      reason: limit === null ? words : `${words} (${limit.name})`,
      hint: known?.hint ?? SITE_HINT,
      name: known?.name,
    };
  }
  if (known !== null) return known;
  if (/Unspecified error/.test(said))
    return {
      rule: 'unspecified',
      reason: message('rejection.unspecified'),
      hint: message('rejection.unspecified.hint'),
    };
  if (/cli_filter/.test(said))
    return { rule: 'site-policy', reason: message('rejection.site-policy'), hint: SITE_HINT };
  return null;
}

/**
 * What a refusal means and what to do next, where it is certain that there is no job; `said` is all that was printed. Details: `rule`
 * (stable name), `reason`, `said`, `exitCode`. Codes: SLURM_UNAVAILABLE, SLURM_MISSING, and SUBMISSION_FAILED for everything else. A
 * site's own sentence, in all of its lines, stands before what we know of Slurm's texts.
 */
export function refusalOf(said: string, exitCode: number): AppError {
  const details = { said: shown(said), exitCode };
  const meaning = meaningOf(said);
  if (meaning !== null)
    return new AppError(meaning.name ?? 'SUBMISSION_FAILED', {
      details: { ...details, rule: meaning.rule, reason: meaning.reason, host: 'the login node' },
      hint: meaning.hint,
    });
  if (exitCode === 126 || exitCode === 127)
    return new AppError('SLURM_MISSING', { details: { ...details, rule: 'sbatch-missing', host: 'the login node' } });
  const words = sentenceOf(saidLines(said));
  return new AppError('SUBMISSION_FAILED', {
    details: {
      ...details,
      rule: 'other',
      reason: words === '' ? message('rejection.other.silent', { code: exitCode }) : words,
    },
  });
}

/** The same for a command of Slurm's that failed: SLURM_TIMEOUT when an answer of the controller never came. */
export function rejectionOf(said: string, exitCode: number): AppError {
  if (certaintyOf(said) !== 'lost') return refusalOf(said, exitCode);
  return new AppError('SLURM_TIMEOUT', {
    details: { said: shown(said), exitCode, rule: 'no-answer', reason: sentenceOf(saidLines(said)) },
  });
}
