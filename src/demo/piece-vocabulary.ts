/** A SentencePiece vocabulary as GGUF keeps it: three lists in the order of the ids. */
export interface PieceVocabulary {
  tokens: string[];
  scores: number[];
  /** 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte. */
  types: number[];
}

const letters = [...'etaoinshrdlcumwfgypbvkjxqzETAOINSHRDLCUMWFGYPBVKJXQZ0123456789.,:;!?\'"()[]{}<>|/-_=+*#@%&$'];

/** `<unk> <s> </s>`, ChatML's two, 256 bytes, then pieces with descending scores: every beginning of a word is one, so that merges reach it. */
export function pieceVocabulary(words: readonly string[], { size = 512 }: { size?: number } = {}): PieceVocabulary {
  const vocabulary: PieceVocabulary = { tokens: [], scores: [], types: [] };
  const seen = new Set<string>();
  const add = (token: string, type: number, score: number) => {
    if (seen.has(token)) return;
    seen.add(token);
    vocabulary.tokens.push(token);
    vocabulary.types.push(type);
    vocabulary.scores.push(score);
  };
  add('<unk>', 2, 0);
  for (const control of ['<s>', '</s>', '<|im_start|>', '<|im_end|>']) add(control, 3, 0);
  for (let byte = 0; byte < 256; byte += 1) add(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, 6, 0);
  const beginnings = words.flatMap((word) => [...word].map((_, index, all) => all.slice(0, index + 1).join('')));
  for (const piece of ['▁', ...letters, ...beginnings]) add(piece, 1, -seen.size);
  // Longer ones first: a merge that reaches further wins.
  for (let id = vocabulary.tokens.length; id < size; id += 1) add(`[PAD${id}]`, 5, -1e4);
  return vocabulary;
}
