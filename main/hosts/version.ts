import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { programFolder } from './appFolders.ts';

/** The program's version, from its own package.json. */
export function programVersion(): string {
  return z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(path.join(programFolder(), 'package.json'), 'utf8'))).version;
}
