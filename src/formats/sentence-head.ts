import { UnsupportedModelError } from '../errors.ts';
import { readDense } from './modules/dense.ts';
import { dropoutModule } from './modules/dropout.ts';
import { readLayerNorm } from './modules/layer-norm.ts';
import type { VectorModule } from './modules/module.ts';
import { readNormalize } from './modules/normalize.ts';
import { type Pooling, readPooling } from './modules/pooling.ts';
import type { ModuleEntry, ModuleKind } from './sentence-modules.ts';

/** What follows the encoder: pooling, then modules over the pooled vector. */
export interface SentenceHead {
  readonly pooling: Pooling;
  readonly modules: readonly VectorModule[];
}

/** A head with the folder of the encoder before it. */
export interface SentenceParts {
  /** Folder of the encoder's files inside the model's folder; '' for the model's folder itself. */
  readonly transformerPath: string;
  /** Null for a model without a dense vector. */
  readonly head: SentenceHead | null;
}

/** Reads the modules after the Transformer. */
export async function readHead(folder: string, entries: readonly ModuleEntry[], hiddenSize: number): Promise<SentenceHead> {
  const [first, ...rest] = entries;
  if (first?.kind !== 'Pooling' || rest.some(({ kind }) => kind === 'Pooling')) {
    throw new UnsupportedModelError({
      reason: 'Pooling does not follow the Transformer, so texts get no single vector.',
      remedy: 'Models with one Pooling module right after the Transformer are supported.',
    });
  }
  const pooling = await readPooling(folder, first.path, hiddenSize);
  const modules: VectorModule[] = [];
  let dimensions = hiddenSize * pooling.modes.length;
  for (const { kind, path } of rest) {
    const made = await readVectorModule(kind, { folder, path, dimensions });
    modules.push(made);
    dimensions = made.dimensions;
  }
  return { pooling, modules };
}

async function readVectorModule(
  kind: ModuleKind,
  { folder, path, dimensions }: { folder: string; path: string; dimensions: number },
): Promise<VectorModule> {
  switch (kind) {
    case 'Dense':
      return readDense(folder, path, dimensions);
    case 'LayerNorm':
      return readLayerNorm(folder, path, dimensions);
    case 'Normalize':
      return readNormalize(folder, path, dimensions);
    case 'Dropout':
      return dropoutModule(dimensions);
    case 'Transformer':
    case 'MLMTransformer':
    case 'Pooling':
    case 'SpladePooling':
      throw new UnsupportedModelError({
        reason: `A ${kind} module does not work on a text's vector.`,
        remedy: 'Models with one Transformer and one Pooling module right after it are supported.',
      });
    default:
      return kind satisfies never;
  }
}
