import type { z } from 'zod';
import { downloadFailure, message } from './ingrain-errors.ts';
import { modelLibrary } from './ingrain-loaders.ts';
import type { customModelRequest } from './ingrain-requests.ts';
import { taskFailure, taskTimeoutMs } from './ingrain-task.ts';
import type { IngrainDownloadMutation, IngrainDownloadMutationVariables } from './operations.generated.ts';
import type { Answer } from './route.ts';

type CustomModelRequest = z.infer<typeof customModelRequest>;

/** Which file of a sentence-transformers folder an address is for. */
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

/** Variables of `IngrainDownload`. */
export function customModelVariables(request: CustomModelRequest): IngrainDownloadMutationVariables {
  const urls = Object.entries(paths).flatMap(([field, path]) => {
    const url = request[field as keyof typeof paths];
    return url ? [{ path, url }] : [];
  });
  return { input: { name: request.name, library: modelLibrary(request.library), urls }, timeoutMs: taskTimeoutMs };
}

export function customModelAnswer({ downloadModel }: IngrainDownloadMutation, { name }: CustomModelRequest): Answer {
  const failure = taskFailure(downloadModel);
  return failure ? downloadFailure(failure) : message(`Custom model ${name} downloaded successfully.`);
}
