import type { Grammar, JsonRules } from './gbnf.ts';
import type { SchemaPlace } from './unsupported.ts';

/** What the parts of the converter share. */
export interface Conversion {
  grammar: Grammar;
  rules: JsonRules;
  /** The name of a rule for the values of a schema inside another. */
  convert(schema: unknown, place: SchemaPlace): string;
}
