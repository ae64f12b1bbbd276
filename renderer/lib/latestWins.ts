/**
 * Runs `work` for each request, one at a time: what is asked while it runs is answered by one more run with the newest input,
 * and what came between is dropped. So a fast typist waits for at most two runs, and the last answer is always that of the last
 * input. `work` must not reject.
 */
export function latestWins<T>(work: (input: T) => Promise<void>): (input: T) => void {
  let isRunning = false;
  let waiting: { input: T } | null = null;
  const run = async (first: T): Promise<void> => {
    isRunning = true;
    let next: { input: T } | null = { input: first };
    try {
      while (next !== null) {
        waiting = null;
        await work(next.input);
        next = waiting;
      }
    } finally {
      isRunning = false;
    }
  };
  return (input) => {
    if (isRunning) waiting = { input };
    else void run(input);
  };
}
