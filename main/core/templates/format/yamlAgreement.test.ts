import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { plainValue, readYamlTree } from '../../text/yamlTree.ts';

const ROOT = path.resolve(import.meta.dirname, '../../../..');

function yamlFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => path.join(folder, name));
}

const files = [
  ...yamlFiles(path.join(ROOT, 'templates/official')),
  ...yamlFiles(path.join(import.meta.dirname, '__fixtures__')),
].filter((file) => !file.includes('broken'));

describe('our reading of a template’s YAML', () => {
  it.each(files.map((file) => [path.relative(ROOT, file), file]))(
    'means what js-yaml, which others read templates with, takes it to mean: %s',
    (_, file) => {
      const text = readFileSync(file, 'utf8');
      const { tree, faults } = readYamlTree(text);
      expect(faults).toEqual([]);
      expect(tree === null ? null : plainValue(tree)).toEqual(load(text));
    },
  );
});
