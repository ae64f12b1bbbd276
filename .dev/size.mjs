/** What the page loads before Launch can be used stays under its limit. Reads what was built. */
import { rendererSize } from '../bench/rendererSize.ts';
import { root, say } from './environment.mjs';

for (const { name, median, goal, met } of await rendererSize(root)) {
  say(`${name}: ${median.toFixed(1)} kB, ${goal}`);
  if (met) continue;
  say(
    'Load what the first screen does not need when it is shown (renderer/ui/later.tsx), and import no more of shared than the page uses.',
  );
  process.exitCode = 1;
}
