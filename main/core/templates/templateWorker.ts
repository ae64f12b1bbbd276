/** The worker thread that reads many templates, or large ones, so that the main thread is not held up by them. */
import { parentPort } from 'node:worker_threads';
import { parseTemplate } from './parseTemplate.ts';
import { readTemplateFile } from './templateFile.ts';
import type { ReaderAnswer, ReaderCall } from './templateReader.ts';

if (parentPort === null) throw new Error('templateWorker runs in a worker thread only');
const port = parentPort;

port.on('message', (call: ReaderCall) => {
  const answer: ReaderAnswer =
    call.kind === 'files'
      ? { id: call.id, kind: 'files', readings: call.files.map(({ path, fileName }) => readTemplateFile(path, fileName)) }
      : { id: call.id, kind: 'text', parsed: parseTemplate(call.text, call.fileName) };
  port.postMessage(answer);
});
