import { InputTooLongError, InvalidInputError, type ModelkeepError, UnsupportedModelError } from '../../errors.ts';
import type { CheckpointFacts } from '../../formats/checkpoint-facts.ts';
import type { EmbedTextsWork, Engine, PreparedText, TokenizeTextsWork, Work } from '../engine.ts';
import { readRows } from '../onnx/run-batch.ts';
import type { NativeModel, Token } from './native.ts';
import { pooledContextSize, timedNative } from './pooled-context.ts';
import { preparedTokens } from './prepared-tokens.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface PooledEngineOptions {
  native: NativeModel;
  vocabulary: Vocabulary;
  facts: CheckpointFacts;
  threads: number;
  /** Tokens of one input; left out for what the model was trained for. */
  contextSize?: number | undefined;
}

/** A model that makes vectors of texts: one pass for each, pooled as its file says, and not normalised. */
export async function openEmbedder({ native, vocabulary, facts, threads, contextSize }: PooledEngineOptions): Promise<Engine> {
  const { model } = native;
  const maxTokens = pooledContextSize(facts, contextSize);
  // The library leaves one place free, and a pass must hold a whole text.
  const size = maxTokens + 1;
  const context = await native.attempt('make room for texts', () =>
    model.createEmbeddingContext({ contextSize: size, batchSize: size, threads }),
  );
  const width = facts.dimensions ?? model.embeddingVectorSize;
  const frame = context.calculateInputLength(model.tokenize('a')) - model.tokenize('a').length;

  function prepareOne(text: string, work: EmbedTextsWork | TokenizeTextsWork, position: number): PreparedText | ModelkeepError {
    const tokens = model.tokenize(work.prompt + text);
    const count = tokens.length + frame;
    const index = work.firstIndex + position;
    if (count === 0) return new InvalidInputError({ field: `items[${index}].text`, message: 'expected a text with at least one token.' });
    if (count > maxTokens && work.truncate === 'NONE') return new InputTooLongError({ index, tokens: count, limit: maxTokens });
    const kept = tokens.slice(0, Math.max(0, maxTokens - frame));
    return preparedTokens(kept, { before: count, frame, texts: work.kind === 'tokenizeTexts' ? vocabulary.textOf : null });
  }

  return {
    facts: { ...facts, dimensions: width, maxTokens },
    async prepare(work: Work) {
      if (work.kind !== 'embedTexts' && work.kind !== 'tokenizeTexts') throw wrongWork(work.kind);
      return work.items.map((text, position) => prepareOne(text, work, position));
    },
    async embed(batch, timing) {
      const rows: Float32Array[] = [];
      for (const { ids } of batch) {
        const tokens = [...ids.subarray(0, ids.length - frame)] as Token[];
        const { vector } = await timedNative(timing, () => context.getEmbeddingFor(tokens));
        rows.push(...readRows(Float32Array.from(vector), 1, width));
      }
      return rows;
    },
    [Symbol.asyncDispose]: () => context.dispose(),
  };
}

function wrongWork(kind: string): UnsupportedModelError {
  return new UnsupportedModelError({ reason: `An embedding model was asked for ${kind}.`, remedy: 'Use a model that can do it.' });
}
