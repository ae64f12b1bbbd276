import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FileHandle } from '../../../shared/contract/files.ts';
import type { DraftFile } from '../../../shared/domain/job/draft.ts';
import { fileVariable } from '../../../shared/domain/template/fileSlots.ts';
import type { FileCheck } from '../../../shared/domain/template/fileCheck.ts';
import { FileHandleId } from '../../../shared/domain/ids.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import type { FileSlot, Template } from '../../../shared/domain/template/schema.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { errorMessages } from '../../../shared/errors/codedError.ts';
import { ERRORS, type ErrorName } from '../../../shared/errors/codes.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { matchGlob } from '../../../shared/lib/glob.ts';
import type { Clock, CorePorts, FileHandleRepository } from '../ports.ts';
import type { LocalFiles } from '../services.ts';
import { readBounded } from '../../disk/readBounded.ts';
import { CHECKED_BYTES, DEFAULT_MAX_FILE_SIZE } from '../../../shared/domain/template/fileCheck.ts';
import type { ConfigChecker } from './configChecker.ts';
import { checkProblem, ruleFaults, unknownChecks } from './fileChecks.ts';
import { MAX_CONFIG_BYTES, notChecked } from './configFile.ts';
import { decodeStrictly, decodeText } from '../text/decodeText.ts';
import { scriptProblems } from './scriptProblems.ts';
import { MAX_SCRIPT_BYTES, mendScript, scriptDefects, startsItself, type ScriptDefect } from './scriptText.ts';
import { message, verbatim, type Message } from '../../../shared/messages/message.ts';
import { reasonMessage } from '../../../shared/errors/reasonMessage.ts';

interface LocalFilesDependencies {
  readonly handles: FileHandleRepository;
  readonly clock: Clock;
  readonly randomId: CorePorts['randomId'];
  readonly configs: Pick<ConfigChecker, 'check'>;
}

/** Config files of one call are checked for this long; a template may bring many schemas that each take their limit. Milliseconds. */
const CHECKS_MS = 10_000;

/** Turns local paths into handles and back, and looks at the files behind them. Paths never leave it but to the uploader. */
export function createLocalFiles({ handles, clock, randomId, configs }: LocalFilesDependencies): LocalFiles {
  const pathOf = (handle: FileHandleId): string => {
    const record = handles.get(handle);
    if (record === null) throw new AppError('FILE_HANDLE_UNKNOWN', { details: { name: handle } });
    return record.path;
  };

  const describeOne = async (handle: FileHandleId, localPath: string): Promise<FileHandle> => {
    const { size, mtimeMs } = await regularFile(localPath);
    return { handle, name: path.basename(localPath), size, modifiedAt: Math.floor(mtimeMs) };
  };

  const defects = createDefectFinder();

  return {
    path: pathOf,

    async grant(given) {
      const localPath = path.resolve(given);
      await regularFile(localPath);
      await access(localPath, constants.R_OK).catch((error: unknown) => fail(localPath, error));
      const handle = FileHandleId.parse(`f${randomId(16)}`);
      handles.insert({ handle, path: localPath, grantedAt: clock.now() });
      return describeOne(handle, localPath);
    },

    async describe(wanted) {
      const found = await Promise.all(wanted.map((handle) => describeOne(handle, pathOf(handle)).catch(unlessGone)));
      return found.filter((file) => file !== null);
    },

    async preview(handle, maxBytes) {
      const localPath = pathOf(handle);
      await regularFile(localPath);
      const { bytes, truncated } = await readBounded(localPath, maxBytes).catch((error: unknown) =>
        fail(localPath, error),
      );
      return { text: decodeText(bytes), truncated };
    },

    async converted(handle) {
      const localPath = pathOf(handle);
      await regularFile(localPath);
      const { bytes, truncated } = await readBounded(localPath, MAX_SCRIPT_BYTES).catch((error: unknown) =>
        fail(localPath, error),
      );
      if (truncated)
        throw new AppError('FILE_UNREADABLE', {
          details: {
            name: path.basename(localPath),
            reason: message('localFiles.tooMuchToConvert', { limit: formatBytes(MAX_SCRIPT_BYTES) }),
          },
        });
      return mendScript(bytes);
    },

    check: (template, files, maxFileSize, signal) =>
      checkFiles(
        { handles, defects, configs, signal, until: performance.now() + CHECKS_MS },
        template,
        files,
        maxFileSize,
      ),
  };
}

/** A file that is no longer there is no failure here. */
function unlessGone(error: unknown): null {
  if (AppError.is(error, 'FILE_NOT_FOUND', 'FILE_UNREADABLE')) return null;
  throw error;
}

function fail(localPath: string, error: unknown): never {
  const name = path.basename(localPath);
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    throw new AppError('FILE_NOT_FOUND', { details: { name }, cause: error });
  const reason = code === 'EACCES' || code === 'EPERM' ? message('localFiles.denied') : reasonMessage(error);
  throw new AppError('FILE_UNREADABLE', { details: { name, reason }, cause: error });
}

/** Pipes and devices would hang whoever reads them; folders are not taken yet. */
async function regularFile(localPath: string): Promise<{ size: number; mtimeMs: number }> {
  if (localPath.includes('\0')) throw new AppError('FILE_NAME_REFUSED', { details: { reason: message('system.nul') } });
  const found = await stat(localPath).catch((error: unknown) => fail(localPath, error));
  const name = path.basename(localPath);
  if (found.isDirectory())
    throw new AppError('FILE_UNREADABLE', {
      details: { name, reason: message('system.folder') },
      hint: message('localFiles.addFilesInIt'),
    });
  if (!found.isFile()) throw new AppError('FILE_UNREADABLE', { details: { name, reason: message('system.notAFile') } });
  return found;
}

const REMEMBERED = 200;

/** Looks at scripts, at each again only when it was written: the form is checked with every letter that is typed into it. */
function createDefectFinder(): (
  localPath: string,
  name: string,
  type: FileSlot['type'],
  isStarted: boolean,
) => Promise<ScriptDefect[]> {
  const known = new Map<string, ScriptDefect[]>();
  return async (localPath, name, type, isStarted) => {
    const { size, mtimeMs } = await regularFile(localPath);
    const key = JSON.stringify([localPath, size, mtimeMs, name, type, isStarted]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const { bytes, truncated } = await readBounded(localPath, MAX_SCRIPT_BYTES).catch((error: unknown) =>
      fail(localPath, error),
    );
    const found = truncated ? [] : scriptDefects(name, type, bytes, isStarted);
    const [oldest] = known.keys();
    if (known.size >= REMEMBERED && oldest !== undefined) known.delete(oldest);
    known.set(key, found);
    return found;
  };
}

/** What the files of one call are checked with. */
interface Checking {
  readonly handles: FileHandleRepository;
  readonly defects: ReturnType<typeof createDefectFinder>;
  readonly configs: Pick<ConfigChecker, 'check'>;
  readonly signal: AbortSignal | undefined;
  /** From then on config files are not checked any more; of `performance.now()`. */
  readonly until: number;
}

const fault = (
  name: ErrorName,
  severity: Problem['severity'],
  rule: string,
  field: string | null,
  what: Message,
  hint: Message | null = { id: `errors.${name}.hint`, values: {} },
): Problem => problem({ rule, code: ERRORS[name].code, severity, message: what, hint, field });

async function checkFiles(
  checking: Checking,
  template: Template,
  files: readonly DraftFile[],
  maxFileSize: number,
): Promise<Problem[]> {
  const problems: Problem[] = [...unknownChecks(template.files)];
  for (const slot of template.files) {
    const field = `files.${slot.name}`;
    const inSlot = files.filter((file) => file.slot === slot.name);
    if (inSlot.length === 0 && slot.required) {
      problems.push(
        fault(
          'FILE_INVALID',
          'error',
          'file-missing',
          field,
          message('files.needed', { slot: slot.name, pattern: slot.pattern }),
          slot.description === '' ? null : verbatim(slot.description),
        ),
      );
    }
    for (const file of inSlot.slice(1)) {
      problems.push(
        fault(
          'FILE_INVALID',
          'warning',
          'slot-twice',
          field,
          message('files.oneIsUsed', { slot: slot.name, file: file.name }),
          null,
        ),
      );
    }
  }
  const commands = Object.values(template.script).join('\n');
  for (const file of files) {
    const slot = template.files.find((candidate) => candidate.name === file.slot) ?? null;
    const isStarted = startsItself(commands, slot === null ? null : fileVariable(slot.name), file.name);
    problems.push(...(await checkFile(checking, slot, file, maxFileSize, isStarted)));
  }
  return problems;
}

async function checkFile(
  checking: Checking,
  slot: FileSlot | null,
  file: DraftFile,
  maxFileSize: number,
  isStarted: boolean,
): Promise<Problem[]> {
  const field = slot === null ? null : `files.${slot.name}`;
  const problems: Problem[] = [];
  if (slot !== null && !matchGlob(slot.pattern, file.name)) {
    problems.push(
      fault(
        'FILE_INVALID',
        'error',
        'file-pattern',
        field,
        message('files.doesNotFit', { file: file.name, pattern: slot.pattern, slot: slot.name }),
        message('files.chooseOrRename'),
      ),
    );
  }
  const record = checking.handles.get(file.handle);
  if (record === null)
    return [
      ...problems,
      fault('FILE_HANDLE_UNKNOWN', 'error', 'file-unknown', field, message('files.notHandedOver', { file: file.name })),
    ];
  try {
    const { size } = await regularFile(record.path);
    const limit = Math.min(slot?.maxSize ?? DEFAULT_MAX_FILE_SIZE, maxFileSize);
    if (size > limit) {
      const sizes = { file: file.name, size: formatBytes(size), most: formatBytes(limit) };
      const isOfCluster = limit === maxFileSize && limit < (slot?.maxSize ?? DEFAULT_MAX_FILE_SIZE);
      problems.push(
        fault(
          'FILE_INVALID',
          'error',
          'file-too-large',
          field,
          isOfCluster
            ? message('files.tooLargeForCluster', sizes)
            : slot === null
              ? message('files.tooLargeExtra', sizes)
              : message('files.tooLargeForSlot', { ...sizes, slot: slot.name }),
          message('files.chooseSmaller'),
        ),
      );
    }
    if (size <= MAX_SCRIPT_BYTES)
      problems.push(
        ...scriptProblems(
          file,
          field,
          await checking.defects(record.path, file.name, slot?.type ?? 'other', isStarted),
        ),
      );
    if (slot?.checks !== undefined)
      problems.push(...(await runChecks(checking, record.path, size, slot, slot.checks, file.name)));
    if (slot !== null && slot.format !== null)
      problems.push(...(await checkConfigFile(checking, record.path, size, slot, file.name)));
  } catch (error) {
    if (!(error instanceof AppError) || error.name === 'CANCELLED') throw error;
    problems.push(
      problem({
        rule: 'file-unreadable',
        code: error.code,
        severity: 'error',
        ...errorMessages(error),
        field,
      }),
    );
  }
  return problems;
}

/** A slot's own checks: of the beginning of the file, and of all of it by a schema. */
async function runChecks(
  checking: Checking,
  localPath: string,
  size: number,
  slot: FileSlot,
  checks: readonly FileCheck[],
  name: string,
): Promise<Problem[]> {
  const defined = checks.flatMap((check) => (check.rule === null ? [] : [{ check, rule: check.rule }]));
  if (defined.length === 0) return [];
  const { bytes, truncated } = await readBounded(localPath, CHECKED_BYTES).catch((error: unknown) =>
    fail(localPath, error),
  );
  const problems: Problem[] = [];
  for (const { check, rule } of defined) {
    problems.push(
      ...ruleFaults(rule, name, { bytes, whole: !truncated, size }).map((each) =>
        checkProblem(check, slot.name, name, each),
      ),
    );
    if (rule.schema !== null)
      problems.push(
        ...(await checkConfigFile(
          checking,
          localPath,
          size,
          { ...slot, format: rule.format, schema: rule.schema },
          name,
        )),
      );
  }
  return problems;
}

async function checkConfigFile(
  { configs, signal, until }: Checking,
  localPath: string,
  size: number,
  slot: FileSlot,
  name: string,
): Promise<Problem[]> {
  const field = `files.${slot.name}`;
  const tooLarge = fault(
    'FILE_INVALID',
    'warning',
    'config-not-checked',
    field,
    message('files.configTooLarge', { file: name, most: formatBytes(MAX_CONFIG_BYTES) }),
    null,
  );
  if (size > MAX_CONFIG_BYTES) return [tooLarge];
  if (performance.now() > until)
    return [notChecked(slot.name, name, message('files.gaveUp.othersTooLong', { seconds: CHECKS_MS / 1000 }))];
  const { bytes, truncated } = await readBounded(localPath, MAX_CONFIG_BYTES).catch((error: unknown) =>
    fail(localPath, error),
  );
  if (truncated) return [tooLarge];
  const text = decodeStrictly(bytes);
  if (text === null)
    return [
      fault(
        'FILE_INVALID',
        'error',
        'config-syntax',
        field,
        message('files.notUtf8', { file: name }),
        message('files.saveAsUtf8'),
      ),
    ];
  return configs.check(text, slot, name, signal);
}
