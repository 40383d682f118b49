/** A client's `null` means "not said" here: the field is left out, as the functions below the door expect. */
export function withoutNulls<Input extends object>(input: Input): { [Key in keyof Input]?: NonNullable<Input[Key]> } {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value != null)) as {
    [Key in keyof Input]?: NonNullable<Input[Key]>;
  };
}
