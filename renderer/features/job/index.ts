/** What every screen that shows a job says of it: how it ended, why it waits, what is not known, and how to cancel it. */
export { CancelJob } from './CancelJob.tsx';
export { RetryButton } from './ConnectButton.tsx';
export { EndOfJob } from './EndOfJob.tsx';
export { useStale, type Stale } from './knowledge.ts';
export { followLog, type LogState, type Stream } from './followLog.ts';
export { logTail, plainLines } from './logTail.ts';
export { AsOf, NotConnected } from './NotConnected.tsx';
export { reasonWords } from './reasonWords.ts';
export { WhyItWaits } from './WhyItWaits.tsx';
