import { InvalidModelFileError, quote } from '../../errors.ts';
import type { GgufHeader } from './gguf-header.ts';
import type { GgufTensor } from './gguf-tensors.ts';
import { type Hyperparameters, isPlainLlama } from './hyperparameters.ts';

/**
 * Checks the tensors against the sizes: the vocabulary's table in every model, as many blocks as are claimed, and in the plain
 * llama layout each tensor's name and shape. Throws `INVALID_MODEL_FILE` naming the tensor.
 */
export function checkTensors({ file }: GgufHeader, tensors: readonly GgufTensor[], sizes: Hyperparameters): void {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const fail = (message: string) => new InvalidModelFileError({ file, message });
  checkBlocks(byName, sizes, fail);
  const missing = requiredTensors(byName, sizes).find(([name]) => !byName.has(name));
  if (missing) throw fail(`Tensor ${quote(missing[0])} is missing.`);
  for (const [name, dimensions] of requiredTensors(byName, sizes)) {
    const found = byName.get(name)?.dimensions ?? [];
    if (found.length === dimensions.length && found.every((size, axis) => size === dimensions[axis])) continue;
    throw fail(`Tensor ${quote(name)} has shape [${found.join(', ')}]; by the metadata it is [${dimensions.join(', ')}].`);
  }
}

function checkBlocks(
  tensors: ReadonlyMap<string, GgufTensor>,
  { architecture, layers }: Hyperparameters,
  fail: (message: string) => Error,
): void {
  const blocks = new Set<number>();
  for (const name of tensors.keys()) {
    const index = /^(?:enc\.)?blk\.(\d{1,6})\./.exec(name)?.[1];
    if (index !== undefined) blocks.add(Number(index));
  }
  const most = Math.max(-1, ...blocks) + 1;
  if (most === layers && blocks.size === layers) return;
  throw fail(
    `${architecture}.block_count is ${layers}, but the tensors are those of ${blocks.size} blocks, the last numbered ${most - 1}.`,
  );
}

type Required = readonly [name: string, dimensions: readonly number[]];

function requiredTensors(tensors: ReadonlyMap<string, GgufTensor>, sizes: Hyperparameters): Required[] {
  const { width, vocabularySize, layers } = sizes;
  const table: Required = ['token_embd.weight', [width, vocabularySize]];
  if (!isPlainLlama(sizes)) return [table];
  return [
    table,
    ['output_norm.weight', [width]],
    ...Array.from({ length: layers }, (_, block) => blockTensors(tensors, sizes, block)).flat(),
  ];
}

function blockTensors(tensors: ReadonlyMap<string, GgufTensor>, sizes: Hyperparameters, block: number): Required[] {
  const { architecture, width, keyLength, valueLength } = sizes;
  const heads = sizes.heads[block] ?? 0;
  const kvHeads = sizes.kvHeads[block] ?? 0;
  const feedForward = sizes.feedForward[block] ?? 0;
  const at = (part: string) => `blk.${block}.${part}.weight`;
  const projections: Required[] = tensors.has(at('attn_qkv'))
    ? [[at('attn_qkv'), [width, heads * keyLength + kvHeads * (keyLength + valueLength)]]]
    : [
        [at('attn_q'), [width, heads * keyLength]],
        [at('attn_k'), [width, kvHeads * keyLength]],
        [at('attn_v'), [width, kvHeads * valueLength]],
      ];
  const norms: Required[] =
    architecture === 'qwen3'
      ? [
          [at('attn_q_norm'), [keyLength]],
          [at('attn_k_norm'), [keyLength]],
        ]
      : [];
  return [
    [at('attn_norm'), [width]],
    ...projections,
    ...norms,
    [at('attn_output'), [heads * valueLength, width]],
    [at('ffn_norm'), [width]],
    [at('ffn_gate'), [width, feedForward]],
    [at('ffn_up'), [width, feedForward]],
    [at('ffn_down'), [feedForward, width]],
  ];
}
