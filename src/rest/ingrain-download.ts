import type { z } from 'zod';
import { type AnyFailure, downloadFailure, message } from './ingrain-errors.ts';
import { modelLibrary } from './ingrain-loaders.ts';
import type { customModelRequest } from './ingrain-requests.ts';
import { taskFailure, taskTimeoutMs } from './ingrain-task.ts';
import type { IngrainDownloadMutation, IngrainDownloadMutationVariables } from './operations.generated.ts';
import type { Answer } from './route.ts';

type CustomModelRequest = z.infer<typeof customModelRequest>;

/** Which file of a folder an address is for; libraries call some files by names of their own. */
const paths = {
  safetensors_url: 'model.safetensors',
  config_json_url: 'config.json',
  tokenizer_json_url: 'tokenizer.json',
  tokenizer_config_json_url: 'tokenizer_config.json',
  vocab_txt_url: 'vocab.txt',
  special_tokens_map_json_url: 'special_tokens_map.json',
  pooling_config_json_url: '1_Pooling/config.json',
  sentence_bert_config_json_url: 'sentence_bert_config.json',
  modules_json_url: 'modules.json',
} as const;
/** How images are prepared: what Ingrain takes apart from the files. */
const preparationFields = ['mode', 'mean', 'std', 'interpolation', 'resize_mode'] as const;
const openClipPaths = { safetensors_url: 'open_clip_model.safetensors', config_json_url: 'open_clip_config.json' } as const;
const ownPaths: Record<CustomModelRequest['library'], Partial<typeof openClipPaths>> = {
  open_clip: openClipPaths,
  sentence_transformers: {},
  timm: {},
};

/** Variables of `IngrainDownload`. */
export function customModelVariables(request: CustomModelRequest): IngrainDownloadMutationVariables {
  const urls = Object.entries({ ...paths, ...ownPaths[request.library] }).flatMap(([field, path]) => {
    const url = request[field as keyof typeof paths];
    return url ? [{ path, url }] : [];
  });
  return { input: { name: request.name, library: modelLibrary(request.library), urls }, timeoutMs: taskTimeoutMs };
}

/**
 * What keeps a custom model from being made, before anything is fetched. Ingrain knows an architecture by its name and builds it from
 * the library's own list; here the configuration says what it is, and how images are prepared for it.
 */
export function customModelProblem({ library, config_json_url, ...request }: CustomModelRequest): AnyFailure | null {
  if (library === 'sentence_transformers') return null;
  const file = library === 'timm' ? 'config.json' : 'open_clip_config.json';
  const problem = (field: string, text: string): AnyFailure => ({ code: 'INVALID_INPUT', message: `${field}: ${text}`, field });
  if (!config_json_url) return problem('config_json_url', `expected the address of the model's ${file}, which says what it is made of.`);
  const set = preparationFields.find((field) => request[field] != null);
  return set ? problem(set, `write it into ${file}: that file says how images are prepared.`) : null;
}

export function customModelAnswer({ downloadModel }: IngrainDownloadMutation, { name }: CustomModelRequest): Answer {
  const failure = taskFailure(downloadModel);
  return failure ? downloadFailure(failure) : message(`Custom model ${name} downloaded successfully.`);
}
