import { describe, expect, it } from 'vitest';
import { foreignSwitches } from './foreignSwitches.ts';

const found = (...given: string[]): string[] => foreignSwitches((name) => given.includes(name));

describe('the command line of an installed app', () => {
  it.each([
    'remote-debugging-port',
    'remote-debugging-pipe',
    'js-flags',
    'load-extension',
    'disable-web-security',
    'renderer-cmd-prefix',
    'utility-cmd-prefix',
    'gpu-launcher',
    'browser-subprocess-path',
  ])('must not bring --%s along', (name) => {
    expect(found('data', name)).toEqual([name]);
  });

  it('may say where the data is, and what a display or a kernel needs', () => {
    expect(
      found(
        'data',
        'no-sandbox',
        'disable-gpu',
        'ozone-platform',
        'force-device-scale-factor',
        'lang',
        'allow-file-access-from-files',
      ),
    ).toEqual([]);
  });
});
