import { InvalidModelFileError, quote } from '../../errors.ts';
import type { GgufTensorSource, GgufToWrite } from '../gguf/gguf-writer.ts';
import { f32, text } from '../gguf/metadata-values.ts';
import { hasFile } from '../json-file.ts';
import { readSafetensors } from '../safetensors.ts';
import type { StoredTensor } from '../safetensors-types.ts';
import { adapterConfigFile, readAdapterConfig, unsupportedAdapter } from './adapter-config.ts';
import { type BlockSizes, type PlannedTensor, planProjections } from './tensor-plan.ts';
import { convertTensor } from './tensor-stream.ts';

const weightsFile = 'adapter_model.safetensors';

/** Whether a folder is a LoRA adapter as PEFT saves it. */
export async function isPeftFolder(folder: string): Promise<boolean> {
  return (await hasFile(folder, adapterConfigFile)) && (await hasFile(folder, weightsFile));
}

/**
 * A PEFT LoRA of a model that is converted here, as a LoRA GGUF in F32. Throws `INVALID_MODEL_FILE` for a half of a pair or a
 * shape that does not fit the model, `UNSUPPORTED_MODEL` for what is more than pairs on its linear layers. Reference: llama.cpp,
 * convert_lora_to_gguf.py.
 *
 * @param base sizes of the model that the adapter is for
 */
export async function convertAdapter(
  folder: string,
  { base, name, signal }: { base: BlockSizes; name: string; signal: AbortSignal },
): Promise<GgufToWrite> {
  const config = await readAdapterConfig(folder);
  const targets = new Map(
    Array.from({ length: base.layers }, (_, layer) => planProjections(base, layer)).flatMap((layer) =>
      layer.map((one) => [one.source, one]),
    ),
  );
  const pairs = groupPairs(await readSafetensors(folder, weightsFile), targets);
  const ranks = new Set([...pairs].map(([target, pair]) => checkPair(target, pair)));
  const [rank] = ranks;
  if (rank === undefined) throw new InvalidModelFileError({ file: weightsFile, message: 'It has no tensors.' });
  if (ranks.size > 1) throw unsupportedAdapter('its layers have ranks of their own');
  return {
    metadata: [
      ['general.architecture', text(base.architecture)],
      ['general.type', text('adapter')],
      ['general.name', text(name)],
      ['adapter.type', text('lora')],
      ['adapter.lora.alpha', f32(config.alphaOf(rank))],
    ],
    tensors: [...pairs].flatMap(([target, { a, b }]) => [
      half(folder, a, { name: `${target.target}.weight.lora_a`, interleavedHeads: 0, signal }),
      // The rows of B are those of the weight, so that they change places with them.
      half(folder, b, { name: `${target.target}.weight.lora_b`, interleavedHeads: target.interleavedHeads, signal }),
    ]),
  };
}

interface Pair {
  a?: StoredTensor;
  b?: StoredTensor;
}

function groupPairs(tensors: readonly StoredTensor[], targets: ReadonlyMap<string, PlannedTensor>): Map<PlannedTensor, Pair> {
  const pairs = new Map<PlannedTensor, Pair>();
  for (const tensor of tensors) {
    const [, source, part] = /^base_model\.model\.(.+)\.lora_([AB])(?:\.default)?\.weight$/.exec(tensor.name) ?? [];
    const target = targets.get(source ?? '');
    if (!target) throw unsupportedAdapter(`its tensor ${quote(tensor.name)} is on no linear layer of the model`);
    const pair = pairs.get(target) ?? {};
    pairs.set(target, part === 'A' ? { ...pair, a: tensor } : { ...pair, b: tensor });
  }
  return pairs;
}

/** Answers the rank. */
function checkPair({ source, shape: [outputs = 0, inputs = 0] }: PlannedTensor, { a, b }: Pair): number {
  const fail = (message: string) => new InvalidModelFileError({ file: weightsFile, message: `The pair for ${quote(source)} ${message}` });
  if (!a || !b) throw fail(`lacks its ${a ? 'lora_B' : 'lora_A'}.`);
  const [rank = 0] = a.shape;
  const fits =
    a.shape.length === 2 && b.shape.length === 2 && a.shape[1] === inputs && b.shape[0] === outputs && b.shape[1] === rank && rank > 0;
  if (!fits)
    throw fail(
      `has shapes [${a.shape.slice(0, 4).join(', ')}] and [${b.shape.slice(0, 4).join(', ')}]; the layer is [${outputs}, ${inputs}].`,
    );
  for (const { dtype } of [a, b])
    if (!['F32', 'F16', 'BF16'].includes(dtype)) throw unsupportedAdapter(`its tensors are stored as ${dtype}`);
  return rank;
}

function half(
  folder: string,
  tensor: StoredTensor | undefined,
  { name, interleavedHeads, signal }: { name: string; interleavedHeads: number; signal: AbortSignal },
): GgufTensorSource {
  if (!tensor) throw new Error('a pair was used before it was checked');
  return {
    name,
    type: 'F32',
    shape: tensor.shape,
    data: () => convertTensor(tensor, { folder, type: 'F32', interleavedHeads, signal, onRead: () => {} }),
  };
}
