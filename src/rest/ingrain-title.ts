/** A checkpoint as generation A's clients name one: null for none, and timm's is a boolean. */
export type Checkpoint = string | boolean | null;

/**
 * How Ingrain's messages name a model: `Model X`, or `Model X with checkpoint Y` where the endpoint knows checkpoints.
 * A checkpoint is written as Python prints it, so null reads `None`.
 */
export function modelTitle(name: string, checkpoint?: Checkpoint): string {
  return checkpoint === undefined ? `Model ${name}` : `Model ${name} with checkpoint ${pythonText(checkpoint)}`;
}

function pythonText(value: Checkpoint): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return value;
}
