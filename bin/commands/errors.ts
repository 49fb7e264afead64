/** The command was called in a way that cannot be meant: exit status 2. */
export class UsageError extends Error {}
