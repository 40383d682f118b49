import { InvalidModelFileError, quote, UnsupportedModelError } from '../errors.ts';
import { chooseGraphs, graphFiles, graphTypeOf, visionGraphs } from '../formats/vision/vision-graphs.ts';

/** What tokenizer, preprocessing and generation are made from. */
const smallFiles =
  /^(?:(?:config|generation_config|preprocessor_config|processor_config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|chat_template)\.json|chat_template\.jinja)$/;

/** Whether it may be a model of images and text in graphs; config.json says for certain. */
export function mayBeVision(paths: readonly string[]): boolean {
  return paths.some((path) => /^onnx\/(?:decoder_model_merged|vision_encoder)[^/]*\.onnx$/.test(path));
}

/**
 * The files of a model of images and text: the small ones, and each graph in one type. Throws INVALID_MODEL_FILE where a graph is
 * not there, UNSUPPORTED_MODEL where none is in the type that is wanted.
 *
 * @param quantization the type that a client names, e.g. `Q4` or `FP16`; null for 8 bit, or what is next to it.
 */
export function chooseVision(paths: readonly string[], config: unknown, quantization: string | null): string[] {
  const names = visionGraphs(config) ?? [];
  const wanted = quantization === null ? null : graphTypeOf(quantization);
  const there = names.map((name) => graphFiles(paths, name));
  const missing = names.find((_, index) => there[index]?.length === 0);
  if (missing !== undefined) {
    throw new InvalidModelFileError({ file: `onnx/${missing}.onnx`, message: `It is missing: the model is made of ${names.join(', ')}.` });
  }
  const types = new Set(there.flat().map(({ type }) => type));
  if (quantization !== null && (wanted === null || !types.has(wanted))) {
    throw new UnsupportedModelError({
      reason: `There are no graphs in ${quote(quantization)}; there are ${[...types].join(', ').toUpperCase()}.`,
      remedy: 'Choose one of these as quantization, or leave it out.',
    });
  }
  const graphs = chooseGraphs(paths, names, wanted);
  return [...paths.filter((path) => smallFiles.test(path)).sort(), ...graphs.flatMap((graph) => graph.paths)];
}
