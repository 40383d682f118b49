import shipped from './afai-models.json' with { type: 'json' };

/** A model that AFAI's clients know by a short name. */
export interface AfaiModel {
  name: string;
  kind: 'text' | 'image-text';
  /** Repository on the hub. */
  hub: string;
  /** The file of it, or a pattern. */
  file: string;
  /** A second file, which gives a language model eyes; only of `image-text`. */
  projector?: string;
  /** Size of its context in tokens, unless the client names one. */
  n_ctx: number;
}

const models = shipped as AfaiModel[];

export function afaiModels(): readonly AfaiModel[] {
  return models;
}

export function findAfaiModel(name: string): AfaiModel | null {
  return models.find((model) => model.name === name) ?? null;
}

/** Why a model of the catalogue cannot run, and what can in its place; null where it can. */
export function whyUnsupported({ name, projector }: AfaiModel): string | null {
  if (projector === undefined) return null;
  return (
    `model '${name}' is a GGUF with a projector file, which no engine here runs. ` +
    'Launch an ONNX repository of a vision-language model instead, e.g. HuggingFaceTB/SmolVLM-256M-Instruct.'
  );
}
