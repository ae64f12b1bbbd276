/** The worker thread that reads many templates, or large ones, so that the main thread is not held up by them. */
import { parentPort } from 'node:worker_threads';
import { parseTemplate } from './parseTemplate.ts';
import { readTemplateFile } from './templateFile.ts';
import type { ReaderAnswer, ReaderCall } from './templateReader.ts';

if (parentPort === null) throw new Error('templateWorker runs in a worker thread only');
const port = parentPort;

port.on('message', (call: ReaderCall) => port.postMessage(answerTo(call)));

/** A text at which Slipway fails costs nobody else their answer. */
function answerTo(call: ReaderCall): ReaderAnswer {
  const { id } = call;
  if (call.kind === 'files') return { id, kind: 'files', readings: call.files.map(({ path, fileName }) => readTemplateFile(path, fileName)) };
  try {
    return { id, kind: 'text', parsed: parseTemplate(call.text, call.fileName) };
  } catch (error) {
    return { id, kind: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
