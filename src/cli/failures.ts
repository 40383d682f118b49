/** A failure whose message is all that the user needs; the command ends with 1. */
export class CommandError extends Error {}

/** The command line itself is wrong; the command ends with 2, as shells expect. */
export class UsageError extends Error {}

/** The server answered with a failure. */
export class ServerError extends CommandError {
  /** The stable name of the failure, e.g. `MODEL_NOT_FOUND`. */
  readonly code: string;
  constructor({ code, message }: { code: string; message: string }) {
    super(message);
    this.code = code;
  }
}

/** The one line that a failure is shown as: people get no stack. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || error.name;
}
