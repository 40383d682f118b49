import type { EmbedTextsWork } from '../../src/engines/engine.ts';

/** Work that asks for the vectors as the model makes them. */
export function embedWork(texts: string[], changes: Partial<EmbedTextsWork> = {}): EmbedTextsWork {
  return {
    kind: 'embedTexts',
    items: texts,
    firstIndex: 0,
    prompt: '',
    truncate: 'END',
    normalization: 'NONE',
    dimensions: null,
    ...changes,
  };
}
