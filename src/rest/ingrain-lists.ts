import type {
  IngrainLoadedModelsQuery,
  IngrainModelStateFragment,
  IngrainRepositoryModelsQuery,
  ModelLibrary,
} from './operations.generated.ts';
import type { Answer } from './route.ts';

type Generation = 'a' | 'b' | 'c' | 'd';
type ListedModel = Pick<IngrainModelStateFragment, 'name' | 'capabilities' | 'runtime'> & { readonly library: ModelLibrary | null };

/** `/loaded_models`: objects for the newest clients; internal names where an older generation is asked for. */
export function loadedModelsAnswer({ server }: IngrainLoadedModelsQuery, { generation }: { generation: Generation }): Answer {
  const models = (server?.loadedModels ?? []).filter((model) => model.runtime?.state === 'READY' && isIngrains(model));
  const shown =
    generation === 'd' ? models.map((model) => ({ name: model.name, library: libraryName(model) })) : models.flatMap(internalNames);
  return { status: 200, body: { models: shown } };
}

/** `/repository_models`: every model whose files are here, loaded or not. */
export function repositoryModelsAnswer(pages: readonly IngrainRepositoryModelsQuery[]): Answer {
  const models = pages.flatMap(({ models: page }) => page?.nodes ?? []).filter(isIngrains);
  return {
    status: 200,
    body: { models: models.map((model) => ({ name: model.name, library: libraryName(model), state: stateName(model) })) },
  };
}

/** Ingrain knows embedders and image classifiers. What only generates or reranks is left to the doors that can use it. */
function isIngrains({ capabilities }: ListedModel): boolean {
  return capabilities.some((capability) => capability === 'EMBED_TEXT' || capability === 'EMBED_IMAGE' || capability === 'CLASSIFY_IMAGE');
}

/** One of the three that its clients know, each of which loads more than its own layout. */
function libraryName({ library, capabilities }: ListedModel): string {
  if (library === 'OPEN_CLIP' || library === 'TIMM') return library.toLowerCase();
  if (!capabilities.includes('EMBED_IMAGE') && !capabilities.includes('CLASSIFY_IMAGE')) return 'sentence_transformers';
  return capabilities.includes('EMBED_TEXT') ? 'open_clip' : 'timm';
}

/** Model names as the older generations' model repository spelt them; an OpenCLIP model was two. */
function internalNames(model: ListedModel): string[] {
  const internal = model.name.replaceAll('/', '_').replaceAll(':', '___');
  return libraryName(model) === 'open_clip' ? [`${internal}_text_encoder`, `${internal}_image_encoder`] : [internal];
}

function stateName({ runtime }: ListedModel): 'READY' | 'UNAVAILABLE' | 'LOADING' | 'UNLOADING' {
  return runtime === null || runtime.state === 'FAILED' ? 'UNAVAILABLE' : runtime.state;
}
