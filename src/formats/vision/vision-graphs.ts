import { isJsonObject } from '../json-file.ts';

/** How the weights of an exported graph are kept, as transformers.js names it. */
export const graphTypes = ['fp32', 'q8', 'int8', 'uint8', 'q4', 'fp16', 'q4f16', 'bnb4', 'q2', 'q2f16', 'q1', 'q1f16'] as const;
export type GraphType = (typeof graphTypes)[number];

const suffixes: Record<GraphType, string> = {
  fp32: '',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  fp16: '_fp16',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
  q2: '_q2',
  q2f16: '_q2f16',
  q1: '_q1',
  q1f16: '_q1f16',
};

/** Where the graphs lie in a repository. */
export const graphFolder = 'onnx';

/**
 * The models of images and text that transformers.js runs, by `model_type`; moondream1 is left out, for it has no processor
 * there. Reference: transformers.js, `models/registry.js`, MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES.
 */
const imageModels = [
  ...['llava', 'llava_onevision', 'llava_qwen2', 'florence2', 'qwen2_vl', 'qwen2_5_vl', 'qwen3_vl', 'qwen3_vl_moe', 'qwen3_5'],
  ...['qwen3_5_moe', 'lfm2_vl', 'idefics3', 'smolvlm', 'paligemma', 'gemma3', 'mistral3', 'lighton_ocr', 'glm_ocr'],
];
/** These hear, too. */
const imageAndAudioModels = ['gemma3n', 'gemma4'];

/** Names of the graphs that a model with this configuration is made of; null for one of another kind. */
export function visionGraphs(config: unknown): string[] | null {
  const modelType = isJsonObject(config) ? config.model_type : undefined;
  if (typeof modelType !== 'string') return null;
  const graphs = ['vision_encoder', 'embed_tokens', 'decoder_model_merged'];
  if (imageAndAudioModels.includes(modelType)) return [...graphs, 'audio_encoder'];
  if (!imageModels.includes(modelType)) return null;
  return isEncoderDecoder(config) ? [...graphs, 'encoder_model'] : graphs;
}

/** Whether a text is read by one graph and written by another. */
export function isEncoderDecoder(config: unknown): boolean {
  return isJsonObject(config) && (config.is_encoder_decoder === true || config.model_type === 'florence2');
}

/** One graph in one type. */
export interface GraphFile {
  name: string;
  type: GraphType;
  /** Its path, then those of its weights where they lie beside it. */
  paths: string[];
}

/** The types in which a graph is there. */
export function graphFiles(paths: readonly string[], name: string): GraphFile[] {
  return graphTypes.flatMap((type) => {
    const path = `${graphFolder}/${name}${suffixes[type]}.onnx`;
    if (!paths.includes(path)) return [];
    // A graph of more than 2 GB has its weights in files of their own.
    const isData = (other: string) => other.startsWith(`${path}_data`) && /^(_\d+)?$/.test(other.slice(path.length + 5));
    return [{ name, type, paths: [path, ...paths.filter(isData).sort()] }];
  });
}

/**
 * The files of one type, and of the next best where a graph lacks it; of a graph that is not there at all, nothing.
 *
 * @param wanted the type; null for 8 bit: what a processor runs fastest, at a quarter of the size.
 */
export function chooseGraphs(paths: readonly string[], names: readonly string[], wanted: GraphType | null): GraphFile[] {
  const order = wanted === null ? downloadOrder : [wanted, ...downloadOrder];
  return names.flatMap((name) => {
    const there = graphFiles(paths, name);
    return order.flatMap((type) => there.find((file) => file.type === type) ?? []).slice(0, 1);
  });
}

const downloadOrder: readonly GraphType[] = ['q8', 'int8', 'uint8', 'q4', 'fp32', 'fp16', 'bnb4', 'q4f16', 'q2', 'q2f16', 'q1', 'q1f16'];

/** The type that a client means, e.g. `Q4`, `FP16` or `Q8_0`; null for none of these. */
export function graphTypeOf(quantization: string): GraphType | null {
  const name = quantization.toLowerCase();
  const other: Record<string, GraphType> = {
    f32: 'fp32',
    f16: 'fp16',
    q8_0: 'q8',
    quantized: 'q8',
    q4_0: 'q4',
    q4_k_m: 'q4',
    q4_f16: 'q4f16',
  };
  return graphTypes.find((type) => type === name) ?? other[name] ?? null;
}

/** Whether a repository holds a model that runs from its graphs, of images and text. */
export function hasVisionGraphs(config: unknown, paths: readonly string[]): boolean {
  return (visionGraphs(config) ?? []).some((name) => graphFiles(paths, name).length > 0);
}
