import type { Engine, PreparedText } from '../../src/engines/engine.ts';
import { openEngine } from '../../src/engines/open.ts';
import { ModelkeepError } from '../../src/errors.ts';

/** Options of one embedding, as far as an engine sees them. */
export interface EmbeddingOptions {
  prompt?: string;
  truncate?: 'END' | 'NONE';
}

/** Texts as prepared items; throws the first error among them. */
export async function prepareTexts(
  engine: Engine,
  texts: string[],
  { prompt = '', truncate = 'END' }: EmbeddingOptions = {},
): Promise<PreparedText[]> {
  const prepared = await engine.prepare({
    kind: 'embedTexts',
    items: texts,
    firstIndex: 0,
    prompt,
    truncate,
    normalization: 'NONE',
    dimensions: null,
  });
  return prepared.map((entry) => {
    if (entry instanceof ModelkeepError) throw entry;
    return entry as PreparedText;
  });
}

/** What the model itself gives for texts that run in one batch. */
export async function embedTogether(engine: Engine, texts: string[], options: EmbeddingOptions = {}): Promise<Float32Array[]> {
  return engine.embed(await prepareTexts(engine, texts, options), { inputNs: 0, inferenceNs: 0, outputNs: 0 });
}

/** Opens a folder, embeds texts in one batch, closes it again. */
export async function embedWith(folder: string, texts: string[], options: EmbeddingOptions = {}): Promise<Float32Array[]> {
  await using engine = await openEngine(folder, { threads: 1 });
  return await embedTogether(engine, texts, options);
}
