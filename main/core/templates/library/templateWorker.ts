/** The worker thread that reads many templates, or large ones, and works on their texts, so that the main thread is not held up by them. */
import { parentPort } from 'node:worker_threads';
import { parseTemplate } from '../format/parseTemplate.ts';
import { readTemplateFile } from './templateFile.ts';
import { toWire } from '../../../../shared/errors/appError.ts';
import type { ReaderAnswer, ReaderCall } from '../format/templateReader.ts';
import { doWork, type WorkInput, type WorkName } from './templateWork.ts';
import type { WorkAnswer } from './workThread.ts';

if (parentPort === null) throw new Error('templateWorker runs in a worker thread only');
const port = parentPort;

type WorkCall = { readonly kind: 'work'; readonly name: WorkName; readonly input: WorkInput<WorkName> };

port.on('message', (call: ReaderCall | WorkCall) =>
  port.postMessage(call.kind === 'work' ? done(call) : answerTo(call)),
);

function done({ name, input }: WorkCall): WorkAnswer {
  try {
    return { ok: true, value: doWork(name, input) };
  } catch (error) {
    return { ok: false, error: toWire(error), stack: error instanceof Error ? error.stack : undefined };
  }
}

/** A text at which Slipway fails costs nobody else their answer. */
function answerTo(call: ReaderCall): ReaderAnswer {
  const { id } = call;
  if (call.kind === 'files')
    return { id, kind: 'files', readings: call.files.map(({ path, fileName }) => readTemplateFile(path, fileName)) };
  try {
    return { id, kind: 'text', parsed: parseTemplate(call.text, call.fileName) };
  } catch (error) {
    return { id, kind: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
