/** Closes a discriminated union: a new member that nobody handles fails to compile, and at run time says what it met. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
