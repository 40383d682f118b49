/** The vocabulary, in the order of the ids. */
export const tokensKey = 'tokenizer.ggml.tokens';
export const templateKey = 'tokenizer.chat_template';
