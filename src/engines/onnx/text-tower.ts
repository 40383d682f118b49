import { InputTooLongError, InvalidModelFileError, type ModelkeepError } from '../../errors.ts';
import { type TextTower, towerNames } from '../../formats/image-checkpoint.ts';
import { cleanClipText } from '../clip-text.ts';
import type { BatchTiming, EmbedTextsWork, PreparedText, TokenizeTextsWork } from '../engine.ts';
import { type EncodedText, openTokenizer } from '../tokenizer.ts';
import { readRows, timed, timedRun } from './run-batch.ts';
import { openSession } from './session.ts';

/** The text tower of a model of texts and images. */
export interface OpenedTextTower extends AsyncDisposable {
  /** As the model's own library tokenises: cleaned, cut to the context, padded where padding takes part. */
  prepare(work: EmbedTextsWork | TokenizeTextsWork): Promise<(PreparedText | ModelkeepError)[]>;
  /** One row a text, in order. */
  run(batch: readonly PreparedText[], timing: BatchTiming): Promise<Float32Array[]>;
}

/** Opens a text tower. Throws `INVALID_MODEL_FILE` when the runtime refuses it, or its tokenizer is none. */
export async function openTextTower(tower: TextTower, { folder, threads }: { folder: string; threads: number }): Promise<OpenedTextTower> {
  const { network, contextLength, padding, padId, vocabularySize, dimensions } = tower;
  const tokenizer = await openTokenizer(tower.tokenizer, { maxTokens: contextLength });
  const session = await openSession(network.graph, { folder, file: network.weightsFile, threads });

  function prepareOne(encoded: EncodedText, work: EmbedTextsWork | TokenizeTextsWork, position: number): PreparedText | ModelkeepError {
    const { ids, truncated, tokensBeforeTruncation } = encoded;
    if (truncated && work.truncate === 'NONE') {
      return new InputTooLongError({ index: work.firstIndex + position, tokens: tokensBeforeTruncation, limit: contextLength });
    }
    const unknown = ids.find((id) => id >= vocabularySize);
    if (unknown !== undefined) {
      const message = `It gives the id ${unknown}; the model has ${vocabularySize} words.`;
      return new InvalidModelFileError({ file: tower.tokenizer.file, message });
    }
    return { ...encoded, unpooledTokens: 0, ...(padding === 'CONTEXT' ? { columns: contextLength } : {}) };
  }

  async function runRows(batch: readonly PreparedText[], timing: BatchTiming): Promise<Float32Array[]> {
    const columns = padding === 'CONTEXT' ? contextLength : Math.max(1, ...batch.map(({ ids }) => ids.length));
    const shape = [batch.length, columns];
    const ids = new Int32Array(batch.length * columns).fill(padId);
    const mask = new Int32Array(batch.length * columns);
    timed(timing, 'inputNs', () => {
      for (const [row, text] of batch.entries()) {
        ids.set(text.ids, row * columns);
        mask.fill(1, row * columns, row * columns + text.ids.length);
      }
    });
    const feeds = {
      [towerNames.ids]: { type: 'int32' as const, data: ids, shape },
      ...(padding === 'LONGEST' ? { [towerNames.mask]: { type: 'int32' as const, data: mask, shape } } : {}),
    };
    const output = await timedRun(timing, () => session.run(feeds, towerNames.features));
    return timed(timing, 'outputNs', () => readRows(output.data as Float32Array, batch.length, dimensions));
  }

  return {
    async prepare(work) {
      const texts = work.items.map((text) => cleanClipText(work.prompt + text, tower.cleaning));
      const encoded = await tokenizer.encode(texts, { withTokens: work.kind === 'tokenizeTexts' });
      return encoded.map((entry, position) => prepareOne(entry, work, position));
    },
    async run(batch, timing) {
      if (padding !== 'NONE') return runRows(batch, timing);
      // Without a mask, and where padding is not part of the model, only rows of one length go together.
      const rows: Float32Array[] = new Array(batch.length);
      for (const group of Map.groupBy(batch.keys(), (row) => batch[row]?.ids.length).values()) {
        const results = await runRows(
          group.map((row) => batch[row] as PreparedText),
          timing,
        );
        for (const [position, row] of group.entries()) rows[row] = results[position] as Float32Array;
      }
      return rows;
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
