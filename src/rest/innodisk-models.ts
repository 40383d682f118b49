import { isMissing } from './afai-errors.ts';
import { allNodes } from './all-nodes.ts';
import { modelName } from './innodisk-names.ts';
import {
  InnodiskActiveTasksDocument,
  type InnodiskActiveTasksQuery,
  InnodiskModelDocument,
  type InnodiskModelQuery,
  InnodiskModelsDocument,
} from './operations.generated.ts';
import type { Execute } from './route.ts';

/** Names of the models that were uploaded: what the handler keeps, and makes others of. */
export async function uploadedModels(execute: Execute, signal: AbortSignal): Promise<string[]> {
  const models = await allNodes(async (after) => (await execute(InnodiskModelsDocument, { after }, signal)).models);
  return models.filter(({ source }) => source.kind === 'UPLOAD').map(({ name }) => name);
}

/** Null where no model has the name, also where none can have it. */
export async function findModel(execute: Execute, name: string, signal: AbortSignal): Promise<InnodiskModelQuery['model']> {
  try {
    return (await execute(InnodiskModelDocument, { name: modelName(name) }, signal)).model;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

type ActiveTask = NonNullable<NonNullable<InnodiskActiveTasksQuery['tasks']>['nodes']>[number];

/** Whether a task that fits works on a model of this name. */
export async function isWorkedOn(
  execute: Execute,
  name: string,
  signal: AbortSignal,
  fits: (task: ActiveTask) => boolean = () => true,
): Promise<boolean> {
  for (let after: string | null | undefined = null; after !== undefined; ) {
    const { tasks }: InnodiskActiveTasksQuery = await execute(InnodiskActiveTasksDocument, { after }, signal);
    const isOfName = (task: ActiveTask) => task.modelNames.some((other) => other.toLowerCase() === name.toLowerCase());
    if (tasks?.nodes?.some((task) => isOfName(task) && fits(task))) return true;
    after = tasks?.pageInfo.hasNextPage ? tasks.pageInfo.endCursor : undefined;
  }
  return false;
}
