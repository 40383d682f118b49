import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';

/** Numbers from 0 up to 1 that depend on the seed alone. */
export type Random = () => number;

/** Mulberry32: small, and good enough to wander through a schema. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface DocumentOptions {
  schema: GraphQLSchema;
  random: Random;
  /** Strings that mean something to this server, e.g. names and ids. */
  known: readonly string[];
}

const oddStrings = ['', '\u0000', '../..', 'x'.repeat(3000), 'null', 'TW9kZWw6MQ==', '🦆', "'; DROP TABLE models; --"];
const oddNumbers = ['0', '-1', '1', '2', '20', '2147483647', '2147483648', '-9007199254740993', '1e308', '1e999', '0.5', '-0.0'];

/** A document that parses, over one operation of the schema, with arguments that mostly have the right type. */
export function randomDocument({ schema, random, known }: DocumentOptions): string {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const chance = (share: number): boolean => random() < share;
  let budget = 40;
  let aliases = 0;

  function selection(type: GraphQLNamedType, depth: number, isRenamed = false): string {
    if (isUnionType(type) || isInterfaceType(type)) {
      const parts = schema.getPossibleTypes(type).filter(() => chance(0.5));
      // The parts may have fields of one name and different types, so theirs are renamed.
      const inner = parts.map((part) => `... on ${part.name} ${selection(part, depth, true)}`);
      const common = isInterfaceType(type) ? fieldsOf(Object.values(type.getFields()), { depth, count: 2, isRenamed: true }) : [];
      return `{ ${['__typename', ...inner, ...common].join(' ')} }`;
    }
    if (!isObjectType(type)) return '{ __typename }';
    const count = type === schema.getSubscriptionType() ? 1 : 1 + Math.floor(random() * 4);
    const fields = fieldsOf(Object.values(type.getFields()), { depth, count, isRenamed });
    if (chance(0.02)) fields.push('noSuchField');
    return `{ ${fields.length > 0 ? fields.join(' ') : '__typename'} }`;
  }

  function fieldsOf(
    fields: readonly GraphQLField<unknown, unknown>[],
    { depth, count, isRenamed }: { depth: number; count: number; isRenamed: boolean },
  ): string[] {
    const chosen = new Set(Array.from({ length: count }, () => pick(fields)));
    return [...chosen].flatMap((field) => {
      budget -= 1;
      const type = getNamedType(field.type);
      if ((depth <= 0 || budget <= 0) && !isLeafType(type)) return [];
      const inner = isLeafType(type) ? '' : ` ${selection(type, depth - 1)}`;
      const directive = chance(0.01) ? pick([' @skip(if: false)', ' @include(if: "x")', ' @defer', ' @stream', ' @no']) : '';
      if (isRenamed) aliases += 1;
      return `${isRenamed ? `a${aliases}: ` : ''}${field.name}${argumentsOf(field.args)}${directive}${inner}`;
    });
  }

  function argumentsOf(args: readonly GraphQLArgument[]): string {
    const given = args.filter((arg) => isNonNullType(arg.type) || chance(0.5)).filter(() => chance(0.98));
    return given.length === 0 ? '' : `(${given.map((arg) => `${arg.name}: ${value(arg.type, 6)}`).join(', ')})`;
  }

  function value(type: GraphQLInputType, depth: number): string {
    if (chance(0.01)) return pick(['null', '"text"', '7', '[]', '{}', 'WORD', 'true', '[[[null]]]']);
    if (isNonNullType(type)) return value(type.ofType, depth);
    if (isListType(type)) return `[${Array.from({ length: Math.floor(random() * 3) }, () => value(type.ofType, depth - 1)).join(', ')}]`;
    if (isEnumType(type)) return pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields());
      // Of a one-of exactly one is right, so mostly one is given.
      const chosen = type.isOneOf && chance(0.9) ? [pick(fields)] : fields.filter((field) => isNonNullType(field.type) || chance(0.4));
      return depth <= 0 ? '{}' : `{ ${chosen.map((field) => `${field.name}: ${value(field.type, depth - 1)}`).join(', ')} }`;
    }
    if (type.name === 'Boolean') return pick(['true', 'false']);
    if (type.name === 'String' || type.name === 'ID')
      return JSON.stringify(chance(0.8) && known.length > 0 ? pick(known) : pick(oddStrings));
    if (type.name === 'Int') return chance(0.1) ? pick(oddNumbers) : pick(['0', '-1', '1', '2', '20', '48', '2147483647']);
    return pick(['"2030-01-01T00:00:00Z"', '"x"', ...oddNumbers]);
  }

  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter((root) => root != null);
  const root = pick(roots);
  const kind = root === schema.getMutationType() ? 'mutation' : root === schema.getSubscriptionType() ? 'subscription' : 'query';
  return `${kind} ${selection(root, 5)}`;
}

/** Text that is no document, or one that costs more than it should. */
export function garbageDocument({ schema, random, known }: DocumentOptions): string {
  const good = randomDocument({ schema, random, known });
  const at = Math.floor(random() * good.length);
  const changes = [
    () => good.slice(0, at),
    () => `${good.slice(0, at)}${'{}()[]!$@:"#\\\u0000\ufeff\ud800'.charAt(Math.floor(random() * 18))}${good.slice(at)}`,
    () => good.slice(at) + good,
    () => '{'.repeat(1 + Math.floor(random() * 3000)),
    () => `{ ${'models { nodes { '.repeat(50)} id ${'} }'.repeat(50)} }`,
    () => `{ ${Array.from({ length: 300 }, (_, index) => `a${index}: __typename`).join(' ')} }`,
    () => 'query A { ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
    () => `query ($a: ${'['.repeat(200)}Int${']'.repeat(200)}) { __typename }`,
    () => `{ model(name: "${'\\u0000'.repeat(100)}") { id } }`,
    () => '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }',
    () => `"""${'"'.repeat(Math.floor(random() * 9))} query { __typename }`,
    () => `{ __typename ${'@skip(if: false) '.repeat(200)} }`,
  ];
  return (changes[Math.floor(random() * changes.length)] as () => string)();
}
