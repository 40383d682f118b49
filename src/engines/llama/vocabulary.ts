import { byteCharacters } from '../../formats/gguf/byte-characters.ts';
import type { ChatFacts, PromptSegment, SpecialToken } from '../chat/chat.ts';
import type { LlamaModel, Token } from './native.ts';

/** How a model's tokens are spelt. */
export interface Vocabulary {
  /** A token's bytes; a control token's are its name. */
  bytesOf(token: number): Uint8Array;
  /** The same as text; a character that is cut is U+FFFD. */
  textOf(token: number): string;
  isControl(token: number): boolean;
  /** Tokens of a whole prompt, BOS in front where the tokenizer adds it and the prompt does not begin with it. */
  tokenizePrompt(segments: readonly PromptSegment[]): number[];
  /** What conversations need of it. */
  readonly chatFacts: ChatFacts;
}

/** As GGUF writes the type of a token. */
const tokenTypes = { control: 3, userDefined: 4, byte: 6 };

/** Reads the vocabulary of an opened model. */
export function readVocabulary(model: LlamaModel): Vocabulary {
  const { metadata } = model.fileInfo;
  const { tokens: texts = [], token_type: types = [], model: kind } = metadata.tokenizer?.ggml ?? {};
  const byteOf = new Map(byteCharacters.map((character, byte) => [character, byte]));
  const encoder = new TextEncoder();

  function isControl(token: number): boolean {
    return types[token] === tokenTypes.control || model.isEogToken(token as Token);
  }

  function bytesOf(token: number): Uint8Array {
    const text = texts[token] ?? '';
    if (types[token] === tokenTypes.control || types[token] === tokenTypes.userDefined) return encoder.encode(text);
    if (kind === 'gpt2') {
      const bytes = Array.from(text, (character) => byteOf.get(character));
      // A token that is not in the alphabet of bytes is written as it is.
      return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : encoder.encode(text);
    }
    if (kind === 'llama' || kind === 't5') {
      const [, byte] = types[token] === tokenTypes.byte ? (/^<0x([0-9A-Fa-f]{2})>$/.exec(text) ?? []) : [];
      return byte === undefined ? encoder.encode(text.replaceAll('▁', ' ')) : Uint8Array.of(Number.parseInt(byte, 16));
    }
    return encoder.encode(model.detokenize([token as Token], true));
  }

  function tokenizePrompt(segments: readonly PromptSegment[]): number[] {
    const { bos, shouldPrependBosToken } = model.tokens;
    const tokens: number[] = [];
    // One after the other: a prompt may have more tokens than a call may have arguments.
    for (const { text, parsesSpecialTokens } of joined(segments)) {
      const part = model.tokenize(text, parsesSpecialTokens, tokens.length > 0 ? 'trimLeadingSpace' : undefined);
      for (const token of part) tokens.push(token);
    }
    if (shouldPrependBosToken && bos !== null && tokens[0] !== bos) tokens.unshift(bos);
    return tokens;
  }

  return {
    bytesOf,
    isControl,
    tokenizePrompt,
    textOf: (token) => new TextDecoder().decode(bytesOf(token)),
    chatFacts: {
      ...templates(metadata.tokenizer),
      bosToken: model.tokens.bosString ?? '',
      eosToken: model.tokens.eosString ?? '',
      specialTokens: specialTokens(texts, types, model),
    },
  };
}

function templates(tokenizer: { chat_template?: unknown } | undefined): Pick<ChatFacts, 'template' | 'toolTemplate'> {
  const { chat_template: template, 'chat_template.tool_use': toolTemplate } = (tokenizer ?? {}) as Record<string, unknown>;
  return {
    template: typeof template === 'string' ? template : null,
    toolTemplate: typeof toolTemplate === 'string' ? toolTemplate : null,
  };
}

function specialTokens(texts: readonly string[], types: readonly number[], model: LlamaModel): SpecialToken[] {
  return texts.flatMap((text, token) => {
    const alwaysParsed = types[token] === tokenTypes.userDefined;
    const isSpecial = alwaysParsed || types[token] === tokenTypes.control || model.isEogToken(token as Token);
    return isSpecial && text !== '' ? { text, alwaysParsed } : [];
  });
}

/** Neighbours that are tokenised alike are one text: a cut between them would be a cut between tokens. */
function joined(segments: readonly PromptSegment[]): PromptSegment[] {
  const whole: PromptSegment[] = [];
  for (const segment of segments) {
    const last = whole.at(-1);
    if (last?.parsesSpecialTokens === segment.parsesSpecialTokens) last.text += segment.text;
    else if (segment.text !== '') whole.push({ ...segment });
  }
  return whole;
}
