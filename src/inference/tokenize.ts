import type { Model } from '../models/model.ts';
import type { Work } from '../scheduler/scheduler.ts';
import { capableModel, type InferenceDependencies } from './capable-model.ts';
import { requireTextLength } from './limits.ts';
import { choosePrompt } from './prompt.ts';

type TokenizeWork = Extract<Work, { kind: 'tokenizeTexts' }>;

export interface TokenizeRequest {
  /** Name or alias. */
  model: string;
  texts: readonly string[];
  promptName: string | null;
  prompt: string | null;
  truncate: TokenizeWork['truncate'];
}

export interface TokenizedText {
  index: number;
  /** Token ids as the model gets them, special tokens included. */
  ids: number[];
  tokens: string[];
  truncated: boolean;
}

export interface TokenizeAnswer {
  model: Model;
  /** In the order of the texts. */
  items: TokenizedText[];
}

/** Tokenises texts as `embed` would. Throws what `embed` throws. */
export async function tokenize(
  dependencies: InferenceDependencies,
  request: TokenizeRequest,
  signal: AbortSignal,
): Promise<TokenizeAnswer> {
  const stored = await dependencies.catalogue.require({ name: request.model });
  const model = capableModel(dependencies, stored, { capability: 'EMBED_TEXT', wanted: 'tokenise texts' });
  for (const [index, text] of request.texts.entries()) requireTextLength(text, `input.texts[${index}]`);
  const work: TokenizeWork = {
    kind: 'tokenizeTexts',
    items: [...request.texts],
    firstIndex: 0,
    prompt: choosePrompt(model.facts, request),
    truncate: request.truncate,
  };
  const { result } = await dependencies.scheduler.run(model.id, work, { signal, modelName: model.name });
  if (result.kind !== 'tokenizeTexts') throw new Error(`tokenizeTexts was answered by ${result.kind}`);
  return { model, items: result.items.map(({ ids, tokens, truncated }, index) => ({ index, ids, tokens, truncated })) };
}
