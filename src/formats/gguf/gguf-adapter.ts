import { InvalidModelFileError, quote } from '../../errors.ts';
import { ggufFields } from './gguf-fields.ts';
import type { GgufHeader } from './gguf-header.ts';
import type { GgufTensor } from './gguf-tensors.ts';

/** Checks a LoRA adapter against the model that it is for. Throws `INVALID_MODEL_FILE` naming the adapter's file. */
export function checkAdapter(
  adapter: GgufHeader,
  { architecture, tensors }: { architecture: string; tensors: readonly GgufTensor[] },
): void {
  const fail = (message: string) => new InvalidModelFileError({ file: adapter.file, message });
  const fields = ggufFields(adapter);
  if (fields.text('adapter.type') !== 'lora')
    throw fail(`It is an adapter of type ${quote(fields.text('adapter.type') ?? 'none')}; LoRA ones can be used.`);
  const made = fields.text('general.architecture');
  if (made !== architecture) throw fail(`It is for the architecture ${quote(made ?? 'none')}, the model has ${quote(architecture)}.`);
  const alpha = adapter.metadata.get('adapter.lora.alpha');
  if (alpha && (alpha.type !== 'f32' || !Number.isFinite(alpha.value))) throw fail('adapter.lora.alpha must be a number.');
  const base = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const parts = new Map(adapter.tensors.map((tensor) => [tensor.name, tensor]));
  if (parts.size === 0) throw fail('It has no tensors.');
  for (const { name } of adapter.tensors) {
    const target = /^(.+)\.lora_[ab]$/.exec(name)?.[1];
    if (target === undefined) {
      if (name.endsWith('_norm.weight')) continue;
      throw fail(`Tensor ${quote(name)} is no part of a LoRA pair.`);
    }
    checkPair(target, { base, parts, fail });
  }
}

function checkPair(
  target: string,
  {
    base,
    parts,
    fail,
  }: { base: ReadonlyMap<string, GgufTensor>; parts: ReadonlyMap<string, GgufTensor>; fail: (message: string) => Error },
): void {
  const a = parts.get(`${target}.lora_a`)?.dimensions;
  const b = parts.get(`${target}.lora_b`)?.dimensions;
  if (!a || !b) throw fail(`Tensor ${quote(target)} has one half of a LoRA pair.`);
  const weight = base.get(target)?.dimensions;
  if (!weight) throw fail(`Tensor ${quote(target)} is not in the model.`);
  // The rows of a table are looked up, not multiplied: there the halves are the other way round.
  const isTable = target === 'token_embd.weight';
  const fits = isTable ? weight[0] === b[1] && weight[1] === a[1] : weight[0] === a[0] && weight[1] === b[1] && a[1] === b[0];
  if (!fits)
    throw fail(`Its pair for ${quote(target)} has shapes [${a.join(', ')}] and [${b.join(', ')}]; the tensor has [${weight.join(', ')}].`);
}
