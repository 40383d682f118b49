import { encodeValues, fitsRows } from '../gguf/encode-values.ts';
import type { WritableType } from '../gguf/ggml-types.ts';
import type { GgufTensorSource, GgufToWrite } from '../gguf/gguf-writer.ts';
import { readStoredTensors } from '../safetensors.ts';
import type { StoredTensor } from '../safetensors-types.ts';
import { type CausalConfig, readCausalConfig } from './causal-config.ts';
import { modelMetadata } from './model-metadata.ts';
import { readVocabulary } from './read-vocabulary.ts';
import { llama3Factors } from './rope-scaling.ts';
import { findTensors, type PlannedTensor, planTensors } from './tensor-plan.ts';
import { convertTensor } from './tensor-stream.ts';
import { addsBeginToken, readTokenizerSettings } from './tokenizer-settings.ts';

export interface ConvertOptions {
  /** Stored in the GGUF as its name. */
  name: string;
  license?: string | null;
  /** How matrices are stored; rows that do not fit its blocks become F16, vectors and norms are always F32. Default: F16. */
  type?: WritableType;
  signal: AbortSignal;
  /** How many bytes of the checkpoint's weights were read so far. */
  onProgress?(progress: { doneBytes: number; totalBytes: number }): void;
}

/**
 * A causal language model in the transformers layout (llama, mistral, qwen2, qwen3) as a GGUF. The checkpoint is read and
 * checked at once; its weights are read when they are written, a piece of one tensor at a time. Throws `INVALID_MODEL_FILE`
 * for what is malformed, `UNSUPPORTED_MODEL` for what is whole but would come out wrong. Reference: llama.cpp, convert_hf_to_gguf.py.
 */
export async function convertCheckpoint(folder: string, options: ConvertOptions): Promise<GgufToWrite> {
  const { name, license = null, type = 'F16' } = options;
  const config = await readCausalConfig(folder);
  const settings = await readTokenizerSettings(folder);
  const { vocabulary, postProcessors } = await readVocabulary(folder, { size: config.vocabularySize, settings });
  const begins = addsBeginToken(settings, { postProcessors, isSentencePiece: vocabulary.kind !== 'BPE' });
  const found = findTensors(planTensors(config), await readStoredTensors(folder), config);
  return {
    metadata: modelMetadata({ config, name, license, type, vocabulary, settings, addsBeginToken: begins }),
    tensors: [...ropeTensors(config), ...convertedTensors(folder, found, { ...options, type })],
  };
}

function convertedTensors(
  folder: string,
  found: ReadonlyMap<PlannedTensor, StoredTensor>,
  { type, signal, onProgress }: ConvertOptions & { type: WritableType },
): GgufTensorSource[] {
  const totalBytes = [...found.values()].reduce((sum, { length }) => sum + length, 0);
  let doneBytes = 0;
  const onRead = (bytes: number) => {
    doneBytes += bytes;
    onProgress?.({ doneBytes, totalBytes });
  };
  return [...found].map(([{ target, shape, interleavedHeads }, tensor]) => {
    const stored = storedType(type, shape);
    return {
      name: target,
      type: stored,
      shape,
      data: () => convertTensor(tensor, { folder, type: stored, interleavedHeads, signal, onRead }),
    };
  });
}

function storedType(type: WritableType, shape: readonly number[]): WritableType {
  if (shape.length === 1) return 'F32';
  return fitsRows(type, shape.at(-1) ?? 1) ? type : 'F16';
}

function ropeTensors({ ropeScaling, ropeTheta, headWidth }: CausalConfig): GgufTensorSource[] {
  if (ropeScaling.type !== 'llama3') return [];
  const factors = llama3Factors({ scaling: ropeScaling, theta: ropeTheta, headWidth });
  return [{ name: 'rope_freqs.weight', type: 'F32', shape: [factors.length], data: () => [encodeValues('F32', factors)] }];
}
