import { expect, test } from 'vitest';
import { droppedTexts } from './droppedTexts.ts';

const fileEntry = (name: string, text: string, type = '') => ({
  isFile: true,
  isDirectory: false,
  name,
  file: (take: (file: File) => void) => take(new File([text], name, { type })),
});
function folderEntry(name: string, entries: readonly object[]) {
  const createReader = () => {
    const parts = [entries, []];
    return { readEntries: (take: (part: readonly object[]) => void) => take(parts.shift() ?? []) };
  };
  return { isFile: false, isDirectory: true, name, createReader };
}
const drop = (...entries: object[]) =>
  ({
    items: entries.map((entry) => ({ webkitGetAsEntry: () => entry, getAsFile: () => null })),
  }) as unknown as DataTransfer;

test('of a dropped folder come its files and those of its folder template, under their paths, and no pictures', async () => {
  const deep = folderEntry('template', [
    fileEntry('script.sh.erb', 'run'),
    folderEntry('assets', [fileEntry('x.txt', 'x')]),
  ]);
  const found = await droppedTexts(
    drop(
      folderEntry('pond', [
        fileEntry('form.yml', 'form: []'),
        fileEntry('icon.png', 'x', 'image/png'),
        deep,
        folderEntry('docs', [fileEntry('y.md', 'y')]),
      ]),
    ),
  );
  expect(found).toEqual([
    { name: 'pond/template/script.sh.erb', text: 'run' },
    { name: 'pond/form.yml', text: 'form: []' },
  ]);
});
