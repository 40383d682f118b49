import { InputTooLongError, InvalidModelFileError, type ModelkeepError } from '../../errors.ts';
import type { Checkpoint } from '../../formats/checkpoint.ts';
import type { CheckpointFacts } from '../../formats/checkpoint-facts.ts';
import type { BatchTiming, Engine, PreparedText, Work } from '../engine.ts';
import { pythonStrip } from '../python-strip.ts';
import type { EncodedText, TextTokenizer } from '../tokenizer.ts';
import { batchInputs } from './batch-inputs.ts';
import type { Network } from './network.ts';

/**
 * A sentence-transformers model in ONNX Runtime. Texts are treated as `SentenceTransformer.encode` does: the prompt in
 * front, stripped, lower-cased where the model says so, tokenised, cut.
 */
export function createTextEmbedder({
  checkpoint,
  facts,
  tokenizer,
  network,
}: {
  checkpoint: Checkpoint;
  facts: CheckpointFacts;
  tokenizer: TextTokenizer;
  network: Network;
}): Engine {
  const { lowerCase, maxTokens, includePrompt } = checkpoint;

  const clean = (text: string): string => (lowerCase ? pythonStrip(text).toLowerCase() : pythonStrip(text));

  /** As upstream counts: the prompt by itself, without the token that ends it. */
  async function countUnpooled(work: Work): Promise<number> {
    if (includePrompt || work.prompt === '') return 0;
    const [encoded] = await tokenizer.encode([clean(work.prompt)]);
    return Math.max(0, (encoded?.ids.length ?? 1) - 1);
  }

  function prepareOne(encoded: EncodedText, work: Work, position: number, unpooledTokens: number): PreparedText | ModelkeepError {
    if (encoded.truncated && work.truncate === 'NONE') {
      return new InputTooLongError({ index: work.firstIndex + position, tokens: encoded.tokensBeforeTruncation, limit: maxTokens });
    }
    return findUnknownId(checkpoint, encoded) ?? { ...encoded, unpooledTokens };
  }

  return {
    facts,
    async prepare(work) {
      const unpooledTokens = await countUnpooled(work);
      const texts = work.texts.map((text) => clean(work.prompt + text));
      const encoded = await tokenizer.encode(texts, { withTokens: work.kind === 'tokenizeTexts' });
      return encoded.map((entry, position) => prepareOne(entry, work, position, unpooledTokens));
    },
    async embed(batch, timing) {
      if (batch.length === 0) return [];
      const inputs = timed(timing, 'inputNs', () => batchInputs(batch));
      const started = process.hrtime.bigint();
      const output = await network.run(inputs);
      timing.inferenceNs += Number(process.hrtime.bigint() - started);
      return timed(timing, 'outputNs', () =>
        readVectors(output.data as Float32Array, batch.length, facts.dimensions ?? network.dimensions),
      );
    },
    [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
  };
}

function timed<T>(timing: BatchTiming, part: keyof BatchTiming, work: () => T): T {
  const started = process.hrtime.bigint();
  const result = work();
  timing[part] += Number(process.hrtime.bigint() - started);
  return result;
}

/** A tokenizer that knows more tokens than the word table has rows would make the native look-up fail for a whole batch. */
function findUnknownId({ network, tokenizer }: Checkpoint, { ids, typeIds }: EncodedText): InvalidModelFileError | null {
  if (network.kind !== 'graph') return null;
  const id = ids.find((candidate) => candidate >= network.vocabularySize);
  if (id !== undefined) {
    return new InvalidModelFileError({
      file: tokenizer.file,
      message: `It gives the id ${id}; the model has ${network.vocabularySize} words.`,
    });
  }
  const type = typeIds.find((candidate) => candidate >= network.typeCount);
  if (type === undefined) return null;
  return new InvalidModelFileError({ file: tokenizer.file, message: `It gives the type id ${type}; the model has ${network.typeCount}.` });
}

function readVectors(data: Float32Array, rows: number, dimensions: number): Float32Array[] {
  if (data.length !== rows * dimensions) throw new Error(`The graph gave ${data.length} values for ${rows} rows of ${dimensions}.`);
  if (!data.every(Number.isFinite)) {
    throw new InvalidModelFileError({
      file: 'model',
      message: 'The model gave values that are no numbers (NaN or infinite): its weights are damaged.',
    });
  }
  return Array.from({ length: rows }, (_, row) => data.slice(row * dimensions, (row + 1) * dimensions));
}
