import { contentsOfAttributes, labelLines, type FoundContents } from './contents.ts';
import { IMAGE_LIMITS } from '../../shared/domain/image/metadataLimits.ts';
import { parsedRecord, recordOf } from './json.ts';
import { READ_LIMITS } from './limits.ts';
import { cutTo } from './text.ts';

/**
 * Reads what `apptainer inspect --json` (and `--all`) or `singularity inspect` printed, of all versions that are in the field:
 * `data.attributes` of Apptainer and Singularity ≥ 3.2 and of 2.x; `attributes` without `data` of 3.0 and 3.1, with labels as JSON in a string; the
 * labels alone as JSON (2.x, 3.0) or as `KEY: value` lines, also below `==labels==` (3.1, 3.2). Warnings before and after are passed over. Null
 * where it is none of these: an empty answer is no image without labels.
 * Which outputs this was held against: docs/images.md.
 */
export function readInspectOutput(output: string): FoundContents | null {
  const text = output.slice(0, READ_LIMITS.json).replace(/^\ufeff/, '');
  const json = jsonWithin(text);
  if (json !== null) {
    const attributes = recordOf(recordOf(json['data'])?.['attributes']) ?? recordOf(json['attributes']);
    return contentsOfAttributes(attributes ?? { labels: json }, 'inspectCommand');
  }
  const labels = labelLines(labelSection(text));
  return Object.keys(labels).length === 0 ? null : contentsOfAttributes({ labels }, 'inspectCommand');
}

/** The names of apps that `inspect --list-apps` printed, one on a line; warnings and what cannot be a name of a folder are left out. */
export function readAppsList(output: string): string[] {
  const names = output
    .slice(0, READ_LIMITS.text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.includes('/') && !LOG_LINE.test(line));
  return [...new Set(names)].slice(0, IMAGE_LIMITS.apps).map((name) => cutTo(name, IMAGE_LIMITS.name));
}

const LOG_LINE = /^(?:\u001b\[\d{1,3}m)*(?:INFO|WARNING|WARN|ERROR|FATAL|DEBUG|VERBOSE)\b\s*:?/;

/** The record that stands in the text from a line that begins with `{` to the last line that ends with `}`. */
function jsonWithin(text: string): Readonly<Record<string, unknown>> | null {
  // blanks of that line only: over lines it would begin anew at each of them
  const begin = /^[ \t]*\{/m.exec(text);
  const end = text.lastIndexOf('}');
  return begin === null || end < begin.index ? null : parsedRecord(text.slice(begin.index, end + 1));
}

/** The lines of labels, which are all there is, or what stands below `==labels==`. */
function labelSection(text: string): string {
  const lines = text.split('\n');
  const header = lines.findIndex((line) => line.trim() === '==labels==');
  const own = header < 0 ? lines : lines.slice(header + 1);
  const next = own.findIndex((line) => /^==\w+==$/.test(line.trim()));
  return (next < 0 ? own : own.slice(0, next))
    .filter((line) => /^[^\s:]+: /.test(line) && !LOG_LINE.test(line))
    .join('\n');
}
