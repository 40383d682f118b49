import { InvalidInputError } from '../../../errors.ts';

/** Where in a request a schema stands, then where in it, e.g. `input.responseFormat.jsonSchema` and `/properties/name`. */
export interface SchemaPlace {
  field: string;
  path: string;
}

/** A part of a schema that no grammar can hold, named, so that nobody takes it for honoured. */
export function unsupported({ field, path }: SchemaPlace, message: string): InvalidInputError {
  return new InvalidInputError({ field, message: `${path === '' ? 'the schema' : path.slice(0, 300)} ${message}` });
}

export function below({ field, path }: SchemaPlace, ...keys: (string | number)[]): SchemaPlace {
  return { field, path: [path, ...keys].join('/') };
}

/** A RangeError is what a part of the converter could not do. */
export function explained<Result>(place: SchemaPlace, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw error instanceof RangeError ? unsupported(place, `cannot be held: ${error.message}.`) : error;
  }
}
