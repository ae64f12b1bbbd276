/** Whether a finished script, edits by hand included, does with its image what it is meant to. */
import { imageName } from '../../../shared/domain/image/names.ts';
import type { Problem } from '../../../shared/domain/problem/schema.ts';
import { message } from '../../../shared/messages/message.ts';
import { found, type ChosenImage } from './image.ts';
import { startsImage } from './imageStart.ts';

/** Where the wrapping stands in a script, as line numbers from 0. */
interface Wrapping {
  readonly first: number;
  /** The first line inside, and the one behind the last. */
  readonly from: number;
  readonly to: number;
  readonly last: number;
}

function wrappings(lines: readonly string[]): Wrapping[] {
  return lines.flatMap((line, first) => {
    if (!line.startsWith('slipway_inside=')) return [];
    const opened = lines.findIndex((each, at) => at > first && /<<'SLIPWAY_[A-Z]+_*'/.test(each));
    const end = /<<'(SLIPWAY_[A-Z]+_*)'/.exec(lines[opened] ?? '')?.[1];
    const to = end === undefined ? -1 : lines.indexOf(end, opened);
    const last = lines.findIndex((each, at) => at > to && /^apptainer exec .*"\$slipway_inside"/.test(each));
    return opened === -1 || to === -1 || last === -1 ? [] : [{ first, from: opened + 1, to, last }];
  });
}

/** Programs of the cluster: a script that calls them inside an image will not find them there. */
const HOST_COMMAND = /^(?:time\s+|exec\s+)?(srun|sbatch|salloc|scontrol|squeue|scancel|module|ml)(?=\s|$)/;
/** More than anybody reads. */
const MOST = 5;

/** The script without one wrapping: its inner lines stand where it stood. */
const without = (lines: readonly string[], { first, from, to, last }: Wrapping): string =>
  [...lines.slice(0, first), ...lines.slice(from, to), ...lines.slice(last + 1)].join('\n');

/** What is odd about the use of the image, at the lines that it is about. */
export function imageUse(text: string, { path, start }: ChosenImage): Problem[] {
  if (start.kind === 'none') return [];
  const lines = text.split('\n');
  const name = imageName(path);
  const problems: Problem[] = [];
  const wrapped = wrappings(lines);
  for (const each of wrapped)
    for (let at = each.from; at < each.to; at += 1) {
      const line = (lines[at] ?? '').trim();
      if (startsImage(line, null))
        problems.push({
          ...found(
            'warning',
            'image-nested',
            'IMAGE_REQUIRED',
            message('scripts.nestedImage'),
            message('scripts.unwrapHint'),
          ),
          field: 'script',
          line: at + 1,
          fix: { label: message('scripts.unwrap'), field: 'script', value: without(lines, each) },
        });
      const command = HOST_COMMAND.exec(line)?.[1];
      if (command !== undefined)
        problems.push({
          ...found(
            'warning',
            'image-host-command',
            'IMAGE_REQUIRED',
            message('scripts.hostCommand', { command }),
            message('scripts.hostCommandHint', {
              example: `${command === 'srun' ? 'srun ' : ''}apptainer exec "$APPTAINER_IMAGE" …`,
            }),
          ),
          field: 'script',
          line: at + 1,
        });
    }
  const own = lines.filter((line) => !/^export APPTAINER_|slipway_end |^\s*#/.test(line)).join('\n');
  // what starts another image than the one that was chosen does not use it either
  if (!startsImage(own, path) || !(own.includes('APPTAINER_IMAGE') || own.includes(name)))
    problems.push(
      found(
        'warning',
        'image-not-used',
        'IMAGE_REQUIRED',
        message('scripts.imageNotUsed'),
        message('scripts.nameImage'),
      ),
    );
  return problems.slice(0, MOST);
}
