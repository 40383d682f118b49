import { join } from 'node:path';
import { InvalidModelFileError, quote, UnsupportedModelError } from '../../errors.ts';
import { graphNames, type OnnxFileNetwork } from '../../formats/encoder-network.ts';
import type { BatchInputs } from './batch-inputs.ts';
import type { Network } from './network.ts';
import { type OnnxSession, openSession, type TensorData, type ValueFacts } from './session.ts';

interface OpenOptions {
  folder: string;
  threads: number;
  /** Width that the checkpoint's modules give. */
  dimensions: number;
  includePrompt: boolean;
}

/**
 * Opens a repository's own ONNX file, as optimum exports it, with a second graph for the pooling after it. A file that gives
 * only a pooled output is a whole sentence-transformers model, modules included, and gets nothing after it.
 */
export async function openOnnxFileNetwork(
  network: OnnxFileNetwork,
  { folder, threads, dimensions, includePrompt }: OpenOptions,
): Promise<Network> {
  const { onnxFile, hiddenSize, head: headGraph } = network;
  await using held = new AsyncDisposableStack();
  const encoder = held.use(await openSession(join(folder, onnxFile), { folder, file: onnxFile, threads }));
  checkInputs(encoder, onnxFile);
  const output = headGraph ? chooseOutput(encoder, onnxFile) : chooseLogits(encoder, { onnxFile, labelCount: hiddenSize });
  const width = output.shape.at(-1);
  if (!headGraph || output.shape.length === 2) {
    const sessions = held.move();
    return {
      dimensions: typeof width === 'number' ? width : dimensions,
      run: (inputs) => encoder.run(feeds(encoder, inputs), output.name),
      [Symbol.asyncDispose]: () => sessions.disposeAsync(),
    };
  }
  if (typeof width === 'number' && width !== hiddenSize) {
    throw new InvalidModelFileError({
      file: onnxFile,
      message: `Its token embeddings have width ${width}; by config.json it is ${hiddenSize}.`,
    });
  }
  const head = held.use(await openSession(headGraph, { folder, file: onnxFile, threads }));
  const sessions = held.move();
  const runEncoder = (inputs: BatchInputs) => encoder.run(feeds(encoder, inputs), output.name);

  async function runHead(inputs: BatchInputs, hidden: TensorData): Promise<TensorData> {
    const shape = [inputs.rows, inputs.columns];
    const masks: Record<string, TensorData> = includePrompt
      ? { [graphNames.mask]: { type: 'int32', data: inputs.mask, shape } }
      : { [graphNames.poolingMask]: { type: 'int32', data: inputs.poolingMask, shape } };
    return head.run({ [graphNames.hidden]: hidden, ...masks }, graphNames.embedding);
  }

  return {
    dimensions,
    run: async (inputs) => runHead(inputs, await runEncoder(inputs)),
    async runTokens(inputs, { wantsVectors }) {
      const hidden = await runEncoder(inputs);
      return { hidden, vectors: wantsVectors ? await runHead(inputs, hidden) : null };
    },
    [Symbol.asyncDispose]: () => sessions.disposeAsync(),
  };
}

const knownInputs = ['input_ids', 'attention_mask', 'token_type_ids', 'position_ids'];

function checkInputs({ inputs }: OnnxSession, file: string): void {
  for (const { name, type } of inputs) {
    if (knownInputs.includes(name) && (type === 'int64' || type === 'int32')) continue;
    throw new UnsupportedModelError({
      reason: `${file} has the input ${quote(name)} (${type}), which is not known here.`,
      remedy: `Export it with the inputs ${knownInputs.join(', ')} (optimum-cli export onnx --model <repository> <folder>).`,
    });
  }
}

function chooseOutput({ outputs }: OnnxSession, file: string): ValueFacts {
  const floats = outputs.filter(({ type }) => type === 'float32');
  const named = (...names: string[]): ValueFacts | undefined => floats.find(({ name }) => names.includes(name));
  const ofRank = (rank: number): ValueFacts | undefined => floats.find(({ shape }) => shape.length === rank);
  const chosen = named('last_hidden_state', 'token_embeddings') ?? ofRank(3) ?? named('sentence_embedding') ?? ofRank(2);
  if (chosen && (chosen.shape.length === 2 || chosen.shape.length === 3)) return chosen;
  throw new UnsupportedModelError({
    reason: `${file} has no float32 output of token or sentence embeddings.`,
    remedy: 'Export it for feature extraction in float32 (optimum-cli export onnx --task feature-extraction).',
  });
}

function chooseLogits({ outputs }: OnnxSession, { onnxFile, labelCount }: { onnxFile: string; labelCount: number }): ValueFacts {
  const found = outputs.find(({ name, type, shape }) => name === 'logits' && type === 'float32' && shape.length === 2);
  const width = found?.shape.at(-1);
  if (found && (typeof width !== 'number' || width === labelCount)) return found;
  throw new UnsupportedModelError({
    reason: `${onnxFile} has no float32 output "logits" of ${labelCount} label(s).`,
    remedy: 'Export it for text classification in float32 (optimum-cli export onnx --task text-classification).',
  });
}

function feeds({ inputs }: OnnxSession, { rows, columns, ids, mask, typeIds }: BatchInputs): Record<string, TensorData> {
  const positions = (): Int32Array => Int32Array.from({ length: rows * columns }, (_, index) => index % columns);
  const data: Readonly<Record<string, () => Int32Array>> = {
    input_ids: () => ids,
    attention_mask: () => mask,
    token_type_ids: () => typeIds,
    position_ids: positions,
  };
  const shape = [rows, columns];
  return Object.fromEntries(
    inputs.map(({ name, type }) => {
      const values = data[name]?.() ?? ids;
      const tensor: TensorData =
        type === 'int64' ? { type: 'int64', data: BigInt64Array.from(values, BigInt), shape } : { type: 'int32', data: values, shape };
      return [name, tensor];
    }),
  );
}
