import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Tokenizer } from 'tokenizers';
import { readCheckpoint } from '../src/formats/checkpoint.ts';
import type { Precision } from '../src/formats/checkpoint-facts.ts';
import { lowerPriority } from './priority.ts';

/**
 * The least that embeds a text: our own graph, one process, no server, ONNX Runtime's default settings. A message is
 * `{texts, together}`; the answer comes when all have their vectors. Arguments: the checkpoint, the precision, threads.
 */
const [folder = '', precision = 'F32', threads = '1'] = process.argv.slice(2);

lowerPriority();
const { network, tokenizer: files } = await readCheckpoint(folder, { precision: precision as Precision });
if (network.kind !== 'graph') throw new Error('The checkpoint does not run from safetensors.');
const { output } = network;
const tokenizer = Tokenizer.fromString(files.json);
const session = await InferenceSession.create(network.graph, {
  intraOpNumThreads: Number(threads),
  logSeverityLevel: 4,
  extra: { session: { model_external_initializers_file_folder_path: folder } },
});

async function embed(texts: string[]): Promise<number> {
  const encodings = await tokenizer.encodeBatch(texts);
  const rows = encodings.map((encoding) => encoding.getIds());
  const columns = Math.max(...rows.map((row) => row.length));
  const shape = [rows.length, columns];
  const ids = new Int32Array(rows.length * columns);
  const mask = new Int32Array(rows.length * columns);
  for (const [index, row] of rows.entries()) {
    ids.set(row, index * columns);
    mask.fill(1, index * columns, index * columns + row.length);
  }
  const tensor = (data: Int32Array) => new Tensor('int32', data, shape);
  const feeds = { input_ids: tensor(ids), attention_mask: tensor(mask), token_type_ids: tensor(new Int32Array(ids.length)) };
  return (await session.run(feeds, [output]))[output]?.data.length ?? 0;
}

process.on('message', async ({ texts, together }: { texts: string[]; together: boolean }) => {
  if (together) await embed(texts);
  else for (const text of texts) await embed([text]);
  process.send?.('done');
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
