import { open } from 'node:fs/promises';
import { join } from 'node:path/posix';
import { InvalidModelFileError, UnsupportedModelError } from '../../errors.ts';
import { fitsRows } from '../gguf/encode-values.ts';
import { fileTypeIds, quantizationOf } from '../gguf/file-types.ts';
import { bytesOfRows, type WritableType, writableType, writableTypes } from '../gguf/ggml-types.ts';
import { ggufFields } from '../gguf/gguf-fields.ts';
import { readGgufFolder } from '../gguf/gguf-folder.ts';
import type { GgufHeader } from '../gguf/gguf-header.ts';
import type { GgufTensor } from '../gguf/gguf-tensors.ts';
import type { GgufTensorSource, GgufToWrite } from '../gguf/gguf-writer.ts';
import { type GgufValue, u32 } from '../gguf/metadata-values.ts';
import type { ConvertOptions } from './convert-checkpoint.ts';
import type { ConversionPlan } from './plan-conversion.ts';
import { convertTensor } from './tensor-stream.ts';

/** What can be read; of integers and of blocks nothing is lost only where they stay as they are. */
const sourceTypes: readonly string[] = ['F32', 'F16', 'BF16'];
/** Matrices that llama.cpp keeps as they are, for a little there is much in the answer. Reference: llama.cpp, `tensor_allows_quantization`. */
const kept = /_norm\.weight$|ffn_gate_inp|altup|laurel|per_layer_model_proj|position_embd|token_types|ssm_|shortconv|time_mix|attn_rel_b/;

/**
 * Plans a folder's GGUF model with its matrices in another type; null where they have it already. All that the file says of itself stays,
 * byte for byte, but for how it is stored. Throws INVALID_MODEL_FILE, UNSUPPORTED_MODEL for a model in parts or in blocks.
 */
export async function planRequantization(
  folder: string,
  { type = 'F16', signal, onProgress }: Pick<ConvertOptions, 'type' | 'signal' | 'onProgress'>,
): Promise<ConversionPlan | null> {
  const found = await readGgufFolder(folder);
  if (!found) throw refuse('It has no GGUF.');
  const [model, ...more] = found.shards;
  if (more.length > 0) throw refuse('It is split into several files.');
  const blocks = model.tensors.find((tensor) => !sourceTypes.includes(tensor.type.name));
  if (blocks) throw refuse(`It is stored as ${quantizationOf(ggufFields(model), model.tensors)} (${blocks.name}: ${blocks.type.name}).`);
  const targets = model.tensors.map((tensor) => targetType(tensor, type, model.tensors));
  if (model.tensors.every((tensor, index) => tensor.type.name === targets[index])) return null;

  const totalBytes = model.tensors.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let doneBytes = 0;
  const onRead = (bytes: number) => {
    doneBytes += bytes;
    onProgress?.({ doneBytes, totalBytes });
  };
  const tensors = model.tensors.map((tensor, index): GgufTensorSource => {
    const target = targets[index] ?? 'F32';
    const stored = storedTensor(model, tensor);
    return {
      name: tensor.name,
      type: target,
      shape: tensor.dimensions.toReversed(),
      data: () => convertTensor(stored, { folder, type: target, interleavedHeads: 0, signal, onRead }),
    };
  });
  const path = model.file === `model-${type}.gguf` ? `model-as-${type}.gguf` : `model-${type}.gguf`;
  const gguf = { ...(await toldOf(folder, model, type)), tensors, alignmentBytes: model.alignmentBytes };
  return { outputs: [{ path, gguf }], replaced: [model.file] };
}

/** Matrices of weights get the type where their rows fit it, else F16; where a file has most of them small, those it keeps as F32 stay. */
function targetType({ name, type, dimensions }: GgufTensor, wanted: WritableType, all: readonly GgufTensor[]): WritableType {
  const present = type.name as WritableType;
  const isMatrix = dimensions.length > 1 && (dimensions[1] ?? 1) > 1 && name.endsWith('.weight') && !kept.test(name);
  const isSmall = ({ type: { name: stored } }: GgufTensor) => stored !== 'F32';
  if (!isMatrix || (present === 'F32' && all.some(isSmall))) return present;
  return fitsRows(wanted, dimensions[0] ?? 1) ? wanted : 'F16';
}

/** Row by row, however many dimensions it has: a piece that is read stays small. */
function storedTensor({ file, dataStart }: GgufHeader, { name, type, dimensions, offset, sizeBytes }: GgufTensor) {
  const [rowValues = 1, ...outer] = dimensions;
  const rows = outer.reduce((product, size) => product * size, 1);
  const rowBytes = bytesOfRows(writableType(type.name as WritableType), { rows: 1, rowValues });
  if (rowBytes * rows !== sizeBytes) throw new Error(`tensor ${name} has ${sizeBytes} bytes in place of ${rowBytes * rows}`);
  const shape = outer.length === 0 ? [rowValues] : [rows, rowValues];
  return { name, dtype: type.name as 'F32' | 'F16' | 'BF16', shape, offset: dataStart + offset, length: sizeBytes, file };
}

/** What the file says of itself, as it stands there; only how it is stored is changed, or added where it did not say. */
async function toldOf(folder: string, header: GgufHeader, type: WritableType): Promise<Pick<GgufToWrite, 'metadata' | 'storedPairs'>> {
  const { start, end, places } = header.pairs;
  const bytes = Buffer.alloc(end - start);
  await using handle = await open(join(folder, header.file), 'r');
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
    if (bytesRead === 0) throw new InvalidModelFileError({ file: header.file, message: 'It became shorter while it was read.' });
    done += bytesRead;
  }
  const metadata: [string, GgufValue][] = [];
  for (const [key, value] of [
    ['general.file_type', fileTypeIds[type]],
    ['general.quantization_version', quantizationVersion],
  ] as const) {
    const place = places.get(key);
    if (place === undefined) metadata.push([key, u32(value)]);
    else if (header.metadata.get(key)?.type === 'u32') bytes.writeUInt32LE(value, place - start + typeBytes);
  }
  return { metadata, storedPairs: { count: header.metadata.size, bytes } };
}

const typeBytes = 4;
const quantizationVersion = 2;

function refuse(reason: string): UnsupportedModelError {
  return new UnsupportedModelError({
    reason,
    remedy: `Only a whole GGUF in ${sourceTypes.join(', ')} can be stored as ${writableTypes.join(', ')}: start from one.`,
  });
}
