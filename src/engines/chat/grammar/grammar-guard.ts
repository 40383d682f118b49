import { InvalidInputError } from '../../../errors.ts';
import { type GrammarElement, type GrammarRule, parseGbnf } from './parse-gbnf.ts';

/**
 * llama.cpp follows a grammar with one stack for each way to read what was written, and tries every token of the vocabulary on all of
 * them. A grammar with many ways makes a single token take minutes, and everybody's tokens with it. This follows a grammar in the same
 * manner, character by character, and says beforehand where the next token would cost too much.
 */
export interface GrammarGuard {
  /** Follows what was written. Throws RangeError where going on would cost too much. */
  push(text: string): void;
}

/** Where a rule stands, and what follows it. */
interface Stack {
  readonly id: number;
  readonly sequence: readonly GrammarElement[];
  readonly index: number;
  readonly below: Stack | null;
}

/** Stacks that a token of this many characters may meet, one after the other. */
const longestToken = 6;
const maxCost = 1500;
/** Steps to find what stands next; and how deep rules may stand in each other before they come to a character. */
const maxSteps = 4000;
const maxDepth = 2000;
const maxTriedCharacters = 16;
const maxKnownStates = 5000;

/** Throws RangeError for what is no grammar, or costs too much from the start. */
export function createGrammarGuard(text: string): GrammarGuard {
  const root = parseGbnf(text);
  const stackOf = new Map<readonly GrammarElement[], Map<string, Stack>>();
  const costless = new Set<string>();
  let ids = 0;
  let steps = 0;
  let stacks: Stack[] = [];

  function stack(sequence: readonly GrammarElement[], index: number, below: Stack | null): Stack {
    const known = stackOf.get(sequence) ?? new Map<string, Stack>();
    stackOf.set(sequence, known);
    const key = `${index}/${below?.id ?? ''}`;
    const made = known.get(key) ?? { id: ids++, sequence, index, below };
    known.set(key, made);
    return made;
  }

  /** Every way to come to a character, found anew each time as llama.cpp does. */
  function expand(top: Stack | null, found: Stack[], depth: number): void {
    steps += 1;
    if (steps > maxSteps || depth > maxDepth) throw new RangeError('it can be read in too many ways');
    if (!top) return;
    const element = top.sequence[top.index];
    if (!element) expand(top.below, found, depth + 1);
    else if (element.type === 'characters') found.push(top);
    else {
      const after = top.index + 1 < top.sequence.length ? stack(top.sequence, top.index + 1, top.below) : top.below;
      for (const alternative of element.rule.alternatives) {
        if (alternative.length > 0) expand(stack(alternative, 0, after), found, depth + 1);
        else expand(after, found, depth + 1);
      }
    }
  }

  function begin(rule: GrammarRule): Stack[] {
    const found: Stack[] = [];
    for (const alternative of rule.alternatives) expand(alternative.length > 0 ? stack(alternative, 0, null) : null, found, 0);
    return unique(found);
  }

  function advance(from: readonly Stack[], code: number): Stack[] {
    const found: Stack[] = [];
    for (const top of from) {
      const element = top.sequence[top.index];
      if (element?.type !== 'characters' || !matches(element, code)) continue;
      expand(top.index + 1 < top.sequence.length ? stack(top.sequence, top.index + 1, top.below) : top.below, found, 0);
    }
    return found;
  }

  /** Goes along the characters that keep the most stacks alive. */
  function check(): void {
    const key = stacks.map(({ id }) => id).join();
    if (costless.has(key)) return;
    let cost = 0;
    let reached: readonly Stack[] = stacks;
    for (let length = 0; length < longestToken && reached.length > 0; length += 1) {
      steps = 0;
      const nexts = sampleCharacters(reached).map((code) => advance(reached, code));
      reached = nexts.reduce((most, next) => (next.length > most.length ? next : most), []);
      cost += reached.length;
      if (cost > maxCost) throw new RangeError('it can be read in too many ways');
    }
    if (costless.size >= maxKnownStates) costless.clear();
    costless.add(key);
  }

  stacks = begin(root);
  check();
  return {
    push(written) {
      for (const character of written) {
        steps = 0;
        stacks = unique(advance(stacks, character.codePointAt(0) ?? 0));
      }
      check();
    },
  };
}

/** What its RangeErrors are for the client. */
export function grammarError({ message }: RangeError): InvalidInputError {
  return new InvalidInputError({ field: 'input.responseFormat', message: `the grammar of the answer cannot be followed: ${message}.` });
}

function unique(stacks: readonly Stack[]): Stack[] {
  return [...new Set(stacks)];
}

function matches({ ranges, isNegated }: Extract<GrammarElement, { type: 'characters' }>, code: number): boolean {
  return ranges.some(([low, high]) => code >= low && code <= high) !== isNegated;
}

/** Characters that tell the stacks apart: the first of each set, and some that a negated set leaves. */
function sampleCharacters(stacks: readonly Stack[]): number[] {
  const codes = new Map<number, number>();
  const count = (code: number) => codes.set(code, (codes.get(code) ?? 0) + 1);
  for (const { sequence, index } of stacks) {
    const element = sequence[index];
    if (element?.type !== 'characters') continue;
    if (element.isNegated) for (const code of [0x61, 0x20, 0x30]) count(code);
    else for (const [low] of element.ranges.slice(0, 8)) count(low);
  }
  return [...codes]
    .sort((a, b) => b[1] - a[1])
    .slice(0, maxTriedCharacters)
    .map(([code]) => code);
}
