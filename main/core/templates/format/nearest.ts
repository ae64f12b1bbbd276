import { editDistance } from '../../../../shared/lib/editDistance.ts';

/** The word that somebody probably meant: at most two slips away, and less than half of it. Null when none is near. */
export function nearest(word: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let least = 3;
  for (const candidate of known) {
    if (candidate.length > 64 || Math.abs(candidate.length - word.length) >= least) continue;
    const slips = editDistance(word.toLowerCase().replaceAll('-', '_'), candidate.toLowerCase());
    if (slips < least && slips * 2 < candidate.length) {
      best = candidate;
      least = slips;
    }
  }
  return best;
}
