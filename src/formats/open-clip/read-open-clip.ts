import type { CheckpointFacts, Precision, ZeroShotFacts } from '../checkpoint-facts.ts';
import { type ImageCheckpoint, towerNames } from '../image-checkpoint.ts';
import { isJsonObject, readJsonObject } from '../json-file.ts';
import { readOpenClipPreprocessing } from '../preprocessing/open-clip.ts';
import { readStoredTensors } from '../safetensors.ts';
import type { StoredTensors } from '../safetensors-types.ts';
import { readScalar } from '../scalar-tensor.ts';
import type { ImageTowerDescription, TextTowerDescription } from '../towers/tower-description.ts';
import { type BuiltTower, buildTower, sizeFacts } from '../towers/tower-network.ts';
import { refuseUnusedTensors } from '../towers/unused-tensors.ts';
import { type OpenClipConfig, openClipConfigFile, parseOpenClipConfig } from './config.ts';
import { readLanguageModel, requireLanguageModel } from './language-model.ts';
import { readModifiedResNet } from './modified-resnet.ts';
import { readTextTransformer } from './text-transformer.ts';
import { readTimmTower } from './timm-tower.ts';
import { type OpenClipTokenizer, readOpenClipTokenizer } from './tokenizer.ts';
import { readVisionTransformer } from './vision-transformer.ts';
import { weightsFileOf } from './weights-file.ts';

/** Weights beside the two towers: CoCa's decoder and its pooler, buffers of masks and positions, a pooler of transformers that nobody asks. */
const besideTowers =
  /^(logit_scale|logit_bias|text_decoder\..*|visual\.attn_pool\..*|(text\.)?attn_mask|text\.transformer\.(pooler\..*|embeddings\.position_ids))$/;

/**
 * Reads an open_clip model: both towers as graphs over its safetensors, straight from upstream's names. Throws `INVALID_MODEL_FILE`
 * for what is malformed or missing, `UNSUPPORTED_MODEL` for what is whole but not built here.
 */
export async function readOpenClipCheckpoint(folder: string, { precision }: { precision: Precision }): Promise<ImageCheckpoint> {
  const whole = await readJsonObject(folder, openClipConfigFile);
  // Says what is not built before anything is missed.
  checkOpenClip(whole);
  const config = parseOpenClipConfig(whole);
  const imageTower = readImageTower(config);
  const file = await weightsFileOf(folder);
  const tensors = await readStoredTensors(folder, '', file);
  const tokenizer = await readOpenClipTokenizer(folder, config.text);
  const textTower = await readTextTower(folder, config, { tensors, tokenizer });
  const image = buildTower(tensors, { file, precision }, (graph, weights) => {
    const { height, width } = imageTower.image;
    const pixels = graph.input(towerNames.pixels, 'FLOAT', ['batch', 3, height, width]);
    const features = imageTower.write(graph, weights.withPrefix('visual.'), pixels);
    graph.output(towerNames.features, features, 'FLOAT', ['batch', config.embedDimensions]);
  });
  const text = buildText(tensors, { file, precision, textTower, tokenizer, dimensions: config.embedDimensions });
  refuseUnusedTensors(tensors, [image, text], besideTowers);
  const tokenLimit = textTower.contextLength;
  return {
    facts: {
      library: 'OPEN_CLIP',
      architecture: config.isCoca ? 'CoCa' : config.customText ? 'CustomTextCLIP' : 'CLIP',
      capabilities: ['EMBED_TEXT', 'EMBED_IMAGE'],
      description: `open_clip: ${imageTower.summary}, and ${textTower.summary}.`,
      ...sizeFacts(tensors, [image, text]),
      dimensions: config.embedDimensions,
      outputs: ['DENSE'],
      maxTokens: tokenLimit,
      labels: [],
      prompts: {},
      defaultPromptName: null,
      ...(await zeroShotOf(folder, tensors)),
      similarity: 'COSINE',
    },
    image: {
      network: image,
      preprocessing: readOpenClipPreprocessing(withModel(whole), openClipConfigFile),
      dimensions: config.embedDimensions,
      hasLogits: false,
    },
    text: {
      network: text,
      tokenizer: tokenizer.files,
      contextLength: tokenLimit,
      padding: textTower.padding,
      padId: tokenizer.padId,
      cleaning: tokenizer.cleaning,
      vocabularySize: textTower.vocabularySize,
      dimensions: config.embedDimensions,
    },
  };
}

/** True for a parsed open_clip_config.json whose towers are built. Throws `UNSUPPORTED_MODEL` naming what is not, `INVALID_MODEL_FILE`. */
export function checkOpenClip(whole: unknown): boolean {
  const config = parseOpenClipConfig(isJsonObject(whole) ? whole : {});
  readImageTower(config);
  if (typeof config.text.hf_model_name !== 'string') readTextTransformer(config);
  else requireLanguageModel(config.text.hf_model_name);
  return true;
}

/** The image tower of a configuration. Throws `UNSUPPORTED_MODEL` for one that is not built. */
function readImageTower(config: OpenClipConfig): ImageTowerDescription {
  if (typeof config.vision.timm_model_name === 'string') return readTimmTower(config);
  return Array.isArray(config.vision.layers) ? readModifiedResNet(config) : readVisionTransformer(config);
}

function readTextTower(
  folder: string,
  config: OpenClipConfig,
  { tensors, tokenizer }: { tensors: StoredTensors; tokenizer: OpenClipTokenizer },
): TextTowerDescription | Promise<TextTowerDescription> {
  const hasLanguageModel = typeof config.text.hf_model_name === 'string';
  return hasLanguageModel ? readLanguageModel(folder, config, { tensors, padId: tokenizer.padId }) : readTextTransformer(config);
}

function buildText(
  tensors: StoredTensors,
  {
    file,
    precision,
    textTower,
    tokenizer,
    dimensions,
  }: { file: string; precision: Precision; textTower: TextTowerDescription; tokenizer: OpenClipTokenizer; dimensions: number },
): BuiltTower {
  return buildTower(tensors, { file, precision }, (graph, weights) => {
    const typed = graph.input(towerNames.ids, 'INT32', ['batch', 'sequence']);
    const mask = textTower.padding === 'LONGEST' ? graph.input(towerNames.mask, 'INT32', ['batch', 'sequence']) : null;
    const { blankedId } = tokenizer;
    const zero = graph.cast(graph.integers(0), 'INT32');
    const isBlanked = blankedId === null ? null : graph.node('Equal', [graph.cast(typed, 'INT64'), graph.integers(blankedId)]);
    const ids = isBlanked === null ? typed : graph.node('Where', [isBlanked, zero, typed]);
    // Models with a text tower of their own keep it under `text.`, others flat; upstream reads either.
    const isNested = ![...tensors.keys()].some((name) => name === 'positional_embedding' || name === 'token_embedding.weight');
    const features = textTower.write(graph, isNested ? weights.withPrefix('text.') : weights, { ids, mask });
    graph.output(towerNames.features, features, 'FLOAT', ['batch', dimensions]);
  });
}

/** SigLIP's models, which look at each text alone, are those with a bias. */
async function zeroShotOf(folder: string, tensors: StoredTensors): Promise<Pick<CheckpointFacts, 'zeroShot'>> {
  const logarithm = await readScalar(folder, tensors, 'logit_scale');
  if (logarithm === null) return {};
  const logitBias = await readScalar(folder, tensors, 'logit_bias');
  const zeroShot: ZeroShotFacts = {
    logitScale: Math.exp(logarithm),
    logitBias,
    activation: logitBias === null ? 'SOFTMAX' : 'SIGMOID',
  };
  return { zeroShot };
}

/** The whole file as the reader of its preprocessing wants it, where it holds the model's configuration alone. */
function withModel(whole: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return 'model_cfg' in whole ? whole : { model_cfg: whole };
}
