import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { errorToWire } from '../../errors.ts';
import { type GgufToWrite, ggufSizeBytes, writeGguf } from '../../formats/gguf/gguf-writer.ts';
import { planConversion } from '../../formats/gguf-conversion/plan-conversion.ts';
import { planRequantization } from '../../formats/gguf-conversion/plan-requantization.ts';
import type { FetchedFile } from '../source.ts';
import type { ConvertMessage, ConvertWork } from './convert-protocol.ts';
import { writeWhole } from './write-whole.ts';

/** The thread that converts: see `convert-folder.ts`. It is ended from outside, so nothing here looks at a signal. */
const port = parentPort;
if (port === null) throw new Error('the conversion was not started as a worker');
const { folder, name, type, kind } = workerData as ConvertWork;
const say = (message: ConvertMessage) => port.postMessage(message);

try {
  const makePlan = kind === 'CONVERT' ? planConversion : planRequantization;
  const plan = await makePlan(folder, {
    name,
    type,
    signal: new AbortController().signal,
    onProgress: ({ doneBytes, totalBytes }) => say({ type: 'progress', doneBytes, totalBytes }),
  });
  if (plan === null) say({ type: 'nothing' });
  else {
    const sizeBytes = plan.outputs.reduce((sum, { gguf }) => sum + ggufSizeBytes(gguf), 0);
    say({ type: 'planned', sizeBytes, outputs: plan.outputs.map(({ path }) => path) });
    // There may be no room: then this is the end.
    await once(port, 'message');
    say({ type: 'done', files: await writeAll(plan.outputs), replaced: [...plan.replaced] });
  }
} catch (error) {
  say({ type: 'failed', error: errorToWire(error, 'conversion') });
}
port.close();

async function writeAll(outputs: readonly { path: string; gguf: GgufToWrite }[]): Promise<FetchedFile[]> {
  const files: FetchedFile[] = [];
  for (const { path, gguf } of outputs) files.push(await writeWhole(folder, path, writeGguf(gguf)));
  return files;
}
