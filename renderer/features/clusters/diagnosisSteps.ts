import type { ConnectionTestStep } from '../../../shared/domain/cluster/profile.ts';
import type { Message } from '../../../shared/messages/message.ts';

/** Steps at one server; `hop` is null for the cluster itself. */
export interface HopSteps {
  hop: string | null;
  steps: ConnectionTestStep[];
}

/** Steps by server, in the order in which the connection reaches them. */
export function stepsByHop(steps: readonly ConnectionTestStep[]): HopSteps[] {
  const groups: HopSteps[] = [];
  for (const step of steps) {
    const group = groups.find(({ hop }) => hop === step.hop);
    if (group) group.steps.push(step);
    else groups.push({ hop: step.hop, steps: [step] });
  }
  return groups;
}

/** What is known so far with what was told now: a step that is told again replaces the older word. */
export function mergeSteps(
  known: readonly ConnectionTestStep[],
  told: readonly ConnectionTestStep[],
): ConnectionTestStep[] {
  const merged = [...known];
  for (const step of told) {
    const at = merged.findIndex((other) => other.hop === step.hop && other.step === step.step);
    if (at === -1) merged.push(step);
    else merged[at] = step;
  }
  return merged;
}

/** What the test says altogether: the first failure decides. */
export function verdictOf(
  steps: readonly ConnectionTestStep[],
): { kind: 'passed' } | { kind: 'warned' } | { kind: 'failed'; step: ConnectionTestStep } {
  const failed = steps.find((step) => step.outcome === 'failed');
  if (failed) return { kind: 'failed', step: failed };
  return { kind: steps.some((step) => step.outcome === 'warn') ? 'warned' : 'passed' };
}

/** The test as plain text for a ticket, each step in a line with its notes under it. `words` say outcome, step, server and messages. */
export function testAsText(
  title: string,
  steps: readonly ConnectionTestStep[],
  words: {
    outcome: (outcome: ConnectionTestStep['outcome']) => string;
    step: (step: ConnectionTestStep['step']) => string;
    hop: (hop: string | null) => string;
    message: (said: Message) => string;
  },
): string {
  const lines = [title];
  const groups = stepsByHop(steps);
  for (const { hop, steps: own } of groups) {
    if (groups.length > 1) lines.push('', words.hop(hop));
    for (const step of own) {
      const time = step.outcome === 'skipped' ? '' : ` (${String(Math.round(step.elapsed))} ms)`;
      lines.push(
        `[${words.outcome(step.outcome)}] ${words.step(step.step)}${step.detail === null ? '' : `: ${words.message(step.detail)}`}${time}`,
      );
      for (const note of step.notes) lines.push(`    ${words.message(note)}`);
      if (step.hint !== null) lines.push(`    → ${words.message(step.hint)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
