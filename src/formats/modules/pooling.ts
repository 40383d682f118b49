import { join } from 'node:path/posix';
import { InvalidModelFileError, quote, UnsupportedModelError } from '../../errors.ts';
import { jsonFields } from '../json-fields.ts';
import { type JsonObject, readJsonObject } from '../json-file.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { type PoolingMode, poolingModes } from './pooling-modes.ts';

/** How token embeddings become one vector. */
export interface Pooling {
  /** Results of several modes stand one behind the other, in this order. */
  readonly modes: readonly PoolingMode[];
  /** Whether a prompt's tokens count. */
  readonly includePrompt: boolean;
}

/** What sentence-transformers does with a checkpoint that says nothing of pooling. */
export const meanPooling: Pooling = { modes: ['mean'], includePrompt: true };

/** Flags of `1_Pooling/config.json` in the order in which their results are joined. */
const modeOfFlag: Readonly<Record<string, PoolingMode>> = {
  pooling_mode_cls_token: 'cls',
  pooling_mode_max_tokens: 'max',
  pooling_mode_mean_tokens: 'mean',
  pooling_mode_mean_sqrt_len_tokens: 'mean_sqrt_len_tokens',
  pooling_mode_weightedmean_tokens: 'weightedmean',
  pooling_mode_lasttoken: 'lasttoken',
};

/**
 * Reads a Pooling module. Old files lack the later flags; files of sentence-transformers 6 have `pooling_mode` instead of flags.
 * Reference: sentence_transformers `Pooling`.
 */
export async function readPooling(folder: string, path: string, hiddenSize: number): Promise<Pooling> {
  const file = join(path, 'config.json');
  const config = await readJsonObject(folder, file);
  const fields = jsonFields(config, file);
  const sizeName = fields.has('embedding_dimension') ? 'embedding_dimension' : 'word_embedding_dimension';
  const width = fields.integer(sizeName, { min: 1, default: hiddenSize });
  if (width !== hiddenSize) throw new InvalidModelFileError({ file, message: `${sizeName} is ${width}; the encoder gives ${hiddenSize}.` });
  const named = readModeNames(config, file);
  const flagged = Object.entries(modeOfFlag).flatMap(([flag, mode]) => (fields.boolean(flag, { default: false }) ? [mode] : []));
  const modes = named ?? flagged;
  return { modes: modes.length > 0 ? modes : meanPooling.modes, includePrompt: fields.boolean('include_prompt', { default: true }) };
}

function readModeNames({ pooling_mode: value }: JsonObject, file: string): PoolingMode[] | null {
  if (value === undefined || value === null) return null;
  const names: unknown[] = Array.isArray(value) ? value : [value];
  if (names.length === 0) throw new InvalidModelFileError({ file, message: 'pooling_mode is empty.' });
  return names.map((name) => {
    if (typeof name !== 'string') throw new InvalidModelFileError({ file, message: 'pooling_mode must be a string or a list of them.' });
    if (Object.hasOwn(poolingModes, name)) return name as PoolingMode;
    throw new UnsupportedModelError({
      reason: `The pooling mode ${quote(name)} is not built here.`,
      remedy: `Supported: ${Object.keys(poolingModes).join(', ')}.`,
    });
  });
}

/** Writes the pooling: F32 [batch, sequence, hidden] and INT32 [batch, sequence] (1 where a token counts) to F32 [batch, modes × hidden]. */
export function buildPooling(graph: GraphBuilder, { modes }: Pooling, hidden: Value, mask: Value): Value {
  const pooled = modes.map((mode) => poolingModes[mode](graph, hidden, mask));
  return pooled.length === 1 ? (pooled[0] as Value) : graph.concat(pooled, 1);
}
