import { PiecesModelDocument, type PiecesModelFragment } from './operations.generated.ts';
import { DocumentFailedError, type Execute } from './route.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The model of an id in a path. Throws MODEL_NOT_FOUND, for a text that is no id too. */
export async function findModel(execute: Execute, id: string | undefined, signal: AbortSignal): Promise<PiecesModelFragment> {
  const model = id !== undefined && uuid.test(id) ? (await execute(PiecesModelDocument, { id }, signal)).model : null;
  if (!model) throw new DocumentFailedError({ code: 'MODEL_NOT_FOUND', message: 'There is no such model.', fields: {} });
  return model;
}
