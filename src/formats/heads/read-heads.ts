import { UnsupportedModelError } from '../../errors.ts';
import type { TextEncoder } from '../architectures/architecture.ts';
import type { CheckpointFacts, EmbeddingOutput } from '../checkpoint-facts.ts';
import type { JsonObject } from '../json-file.ts';
import type { ModuleEntry } from '../sentence-modules.ts';
import type { TransformerTask } from '../sentence-settings.ts';
import { readM3Heads } from './m3-heads.ts';
import type { OutputHeads } from './output-head.ts';
import { readSplade } from './splade.ts';

/** Whether the modules are those of a SPLADE model, which gives sparse vectors in place of dense ones. */
export function isSplade(modules: readonly ModuleEntry[] | null): boolean {
  return modules?.[1]?.kind === 'SpladePooling';
}

/** What the first module must give, and what it gives where its settings do not say. */
export function tasksOf(modules: readonly ModuleEntry[]): { task: TransformerTask; defaultTask: TransformerTask } {
  return {
    task: isSplade(modules) ? 'fill-mask' : 'feature-extraction',
    defaultTask: modules[0]?.kind === 'MLMTransformer' ? 'fill-mask' : 'feature-extraction',
  };
}

/** Reads what a checkpoint makes of its token embeddings besides a dense vector, with a note for people. */
export async function readOutputHeads(
  folder: string,
  {
    modules,
    transformerPath,
    config,
    encoder,
    size,
  }: {
    modules: readonly ModuleEntry[] | null;
    transformerPath: string;
    config: JsonObject;
    /** Null for a checkpoint that runs from its own ONNX file. */
    encoder: TextEncoder | null;
    /** Width of a token embedding. */
    size: number;
  },
): Promise<OutputHeads & { note: string }> {
  if (!isSplade(modules)) {
    const vocabularySize = encoder?.vocabularySize ?? vocabularyOf(config);
    return readM3Heads(folder, { path: transformerPath, size, vocabularySize });
  }
  if ((modules?.length ?? 0) > 2) {
    throw new UnsupportedModelError({
      reason: `A ${modules?.[2]?.kind} module after SpladePooling is not built here.`,
      remedy: 'SPLADE models of a Transformer and a SpladePooling module are supported.',
    });
  }
  if (!encoder) {
    throw new UnsupportedModelError({
      reason: 'A SPLADE model runs from its safetensors alone, in an architecture that is built here.',
      remedy: 'Use a revision with model.safetensors.',
    });
  }
  const path = modules?.[1]?.path ?? '';
  return { sparse: await readSplade(folder, { path, transformerPath, config, encoder }), tokens: null, note: '' };
}

function vocabularyOf({ vocab_size: size }: JsonObject): number {
  return typeof size === 'number' && Number.isSafeInteger(size) && size > 0 ? size : 2 ** 31 - 1;
}

/** What the model can be asked for in one pass. */
export function outputFacts(
  { sparse, tokens }: OutputHeads,
  { hasDense, size, maxTokens }: { hasDense: boolean; size: number; maxTokens: number },
): Required<Pick<CheckpointFacts, 'outputs' | 'sparseDimensions' | 'mostSparseValues' | 'tokenDimensions'>> {
  const outputs: EmbeddingOutput[] = [...(hasDense ? ['DENSE' as const] : []), ...(sparse ? ['SPARSE' as const] : []), 'TOKENS'];
  return {
    outputs,
    sparseDimensions: sparse?.dimensions ?? null,
    mostSparseValues: sparse && (sparse.mostValues ?? maxTokens),
    tokenDimensions: tokens?.dimensions ?? size,
  };
}
