/** Runs stages beside each other, as far as they do not wait for one another or use the same thing. */

/**
 * Starts each of `stages`, in their order, as soon as one of `places` is free, what it comes `after` has ended and nobody `holds` what it
 * holds. `run(stage)` resolves with whether it passed; `skip(stage, because)` is told of one that comes after a stage that did not pass.
 * A stage comes after those only that are among `stages`. Resolves when all have ended.
 */
export async function runSideBySide(stages, places, run, skip) {
  const waiting = [...stages];
  const running = new Map();
  const passed = new Map();
  const isAmong = (name) => stages.some((stage) => stage.name === name);
  for (;;) {
    for (const stage of [...waiting]) {
      const after = (stage.after ?? []).filter(isAmong);
      const broken = after.find((name) => passed.get(name) === false);
      if (broken !== undefined) {
        waiting.splice(waiting.indexOf(stage), 1);
        passed.set(stage.name, false);
        skip(stage, broken);
        continue;
      }
      const isHeld = stage.holds !== undefined && [...running.keys()].some(({ holds }) => holds === stage.holds);
      if (running.size >= places || isHeld || !after.every((name) => passed.get(name))) continue;
      waiting.splice(waiting.indexOf(stage), 1);
      running.set(
        stage,
        run(stage).then((isPassed) => {
          passed.set(stage.name, isPassed);
          running.delete(stage);
        }),
      );
    }
    if (running.size === 0) return;
    await Promise.race(running.values());
  }
}
