import { InvalidModelFileError } from '../../errors.ts';
import { architectureName } from '../architectures/registry.ts';
import { refusePickle } from '../checkpoint.ts';
import type { CheckpointFacts, Precision, ZeroShotFacts } from '../checkpoint-facts.ts';
import { type ImageCheckpoint, type TextTower, towerNames } from '../image-checkpoint.ts';
import { hasFile, isJsonObject, type JsonObject, readJsonObject, readOptionalJsonObject } from '../json-file.ts';
import type { ImagePreprocessing } from '../preprocessing/image-preprocessing.ts';
import { readTransformersPreprocessing } from '../preprocessing/transformers.ts';
import { readStoredTensors } from '../safetensors.ts';
import type { StoredTensors } from '../safetensors-types.ts';
import { readScalar } from '../scalar-tensor.ts';
import type { TextTowerDescription } from '../towers/tower-description.ts';
import { type BuiltTower, buildTower, sizeFacts } from '../towers/tower-network.ts';
import { readClipConfig } from './clip-config.ts';
import { readClipTokens } from './clip-tokens.ts';

const configFile = 'config.json';
const weightsFile = 'model.safetensors';
/** The later one wins. */
const processorFiles = ['processor_config.json', 'preprocessor_config.json'];

/** Whether a model with this parsed config.json is built; throws `UNSUPPORTED_MODEL` or `INVALID_MODEL_FILE` where it is not. */
export function isBuiltClip(config: unknown): boolean {
  readClipConfig(isJsonObject(config) ? config : {}, { hasProjection: true });
  return true;
}

/**
 * Reads a CLIPModel or SiglipModel of transformers, or the image tower of one that stands alone. Throws `INVALID_MODEL_FILE` for what
 * is malformed or missing, `UNSUPPORTED_MODEL` for what is whole but not built here.
 */
export async function readTransformersClipCheckpoint(folder: string, { precision }: { precision: Precision }): Promise<ImageCheckpoint> {
  const config = await readJsonObject(folder, configFile);
  // Says what is not built before anything is missed.
  readClipConfig(config, { hasProjection: true });
  await refusePickle(folder, '');
  const tensors = await readStoredTensors(folder);
  const { family, vision, text } = readClipConfig(config, { hasProjection: tensors.has('visual_projection.weight') });
  const options = { file: weightsFile, precision };
  const image = buildTower(tensors, options, (graph, weights) => {
    const pixels = graph.input(towerNames.pixels, 'FLOAT', ['batch', 3, vision.edge, vision.edge]);
    graph.output(towerNames.features, vision.write(graph, weights, pixels), 'FLOAT', ['batch', vision.dimensions]);
  });
  const textNetwork = text && buildText(tensors, options, { text, dimensions: vision.dimensions });
  const zeroShot = text && (await zeroShotOf(folder, tensors, config));
  return {
    facts: {
      library: text ? 'OPEN_CLIP' : 'TRANSFORMERS',
      architecture: architectureName(config) ?? 'CLIPModel',
      capabilities: text ? ['EMBED_TEXT', 'EMBED_IMAGE'] : ['EMBED_IMAGE'],
      description: `${family === 'CLIP' ? 'CLIP' : 'SigLIP'} of transformers: ${[vision.summary, text?.summary].filter(Boolean).join(', and ')}.`,
      ...sizeFacts(tensors, textNetwork ? [image, textNetwork] : [image]),
      dimensions: vision.dimensions,
      outputs: ['DENSE'],
      maxTokens: text?.contextLength ?? null,
      labels: [],
      prompts: {},
      defaultPromptName: null,
      ...(zeroShot ? { zeroShot } : {}),
      similarity: 'COSINE',
    } satisfies CheckpointFacts,
    image: {
      network: image,
      preprocessing: await readPreprocessing(folder, family, vision.edge),
      dimensions: vision.dimensions,
      hasLogits: false,
    },
    text: text && textNetwork && (await readText(folder, family, { text, network: textNetwork, dimensions: vision.dimensions })),
  };
}

function buildText(
  tensors: StoredTensors,
  options: { file: string; precision: Precision },
  { text, dimensions }: { text: TextTowerDescription; dimensions: number },
): BuiltTower {
  return buildTower(tensors, options, (graph, weights) => {
    const ids = graph.input(towerNames.ids, 'INT32', ['batch', 'sequence']);
    const mask = text.padding === 'LONGEST' ? graph.input(towerNames.mask, 'INT32', ['batch', 'sequence']) : null;
    graph.output(towerNames.features, text.write(graph, weights, { ids, mask }), 'FLOAT', ['batch', dimensions]);
  });
}

async function readText(
  folder: string,
  family: 'CLIP' | 'SIGLIP',
  { text, network, dimensions }: { text: TextTowerDescription; network: BuiltTower; dimensions: number },
): Promise<TextTower> {
  const { files, padId, cleaning } = await readClipTokens(folder, family);
  const { contextLength, padding, vocabularySize } = text;
  return { network, tokenizer: files, contextLength, padding, padId, cleaning, vocabularySize, dimensions };
}

/** The processor's file; where there is none, what the model's class is meant with. */
async function readPreprocessing(folder: string, family: 'CLIP' | 'SIGLIP', edge: number): Promise<ImagePreprocessing> {
  let file = 'preprocessor_config.json';
  for (const name of processorFiles) if (await hasFile(folder, name)) file = name;
  const config = await readOptionalJsonObject(folder, file);
  // A CLIP processor without sizes cuts to 224 whatever the tower is.
  const sizes =
    family === 'CLIP'
      ? { size: { shortest_edge: edge }, crop_size: { height: edge, width: edge } }
      : { size: { height: edge, width: edge } };
  const defaultProcessor = family === 'CLIP' ? 'CLIPImageProcessor' : 'SiglipImageProcessor';
  const isEmpty = Object.keys(config).length === 0;
  const preprocessing = readTransformersPreprocessing(isEmpty ? sizes : config, file, { imageSize: edge, defaultProcessor });
  if (preprocessing.width === edge && preprocessing.height === edge) return preprocessing;
  const message = `It makes images of ${preprocessing.width} × ${preprocessing.height} pixels; the tower of config.json takes ${edge} × ${edge}.`;
  throw new InvalidModelFileError({ file, message });
}

/** What transformers' `get_image_features` and `get_text_features` are compared with. */
async function zeroShotOf(folder: string, tensors: StoredTensors, { model_type: modelType }: JsonObject): Promise<ZeroShotFacts | null> {
  const logarithm = await readScalar(folder, tensors, 'logit_scale');
  if (logarithm === null) return null;
  const logitBias = await readScalar(folder, tensors, 'logit_bias');
  return { logitScale: Math.exp(logarithm), logitBias, activation: modelType === 'siglip' ? 'SIGMOID' : 'SOFTMAX' };
}
