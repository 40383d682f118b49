/** Stands for every value that came after the limit was reached. */
const others = 'other';

/**
 * Lets only so many values of a label through: each makes time series that stay for as long as the server runs. Values are
 * names of stored models, never what a client sent; but clients may store and delete models without end.
 */
export function createBoundedLabel(limit: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= limit) return others;
    known.add(value);
    return value;
  };
}
