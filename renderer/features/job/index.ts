/** What every screen that shows a job says of it: how it ended, why it waits, what is not known, and how to cancel it. */
export { CancelJob } from './CancelJob.tsx';
export { RetryButton } from './ConnectButton.tsx';
export { EndOfJob, EndOfTask } from './EndOfJob.tsx';
export { JobProgress } from './JobProgress.tsx';
export { JobOutput } from './JobOutput.tsx';
export { useStale, type Stale } from './knowledge.ts';
export { AsOf, NotConnected } from './NotConnected.tsx';
export { reasonWords } from './reasonWords.ts';
export { SubmitSteps } from './SubmitSteps.tsx';
export { WhyItWaits } from './WhyItWaits.tsx';
export { TaskCounts } from './TaskCounts.tsx';
export { TaskElapsed, taskName, taskReason, TaskTable } from './TaskTable.tsx';
export { useRun } from './useRun.ts';
export { useRunTasks, useTask } from './useRunTasks.ts';
